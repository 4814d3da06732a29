package io.iodine.connection.fanout;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

/** Stands in for the history of a channel that has none: nothing can be read. */
final class MissingHistory implements HistoryView {

	@Override
	public Owner ownerOf(String id) {
		return Owner.NONE;
	}

	@Override
	public CompletionStage<Events> since(@Nullable String id, int max) {
		return missing();
	}

	@Override
	public CompletionStage<Events> last(int count) {
		return missing();
	}

	@Override
	public String before(String id) {
		return EventIds.UNKNOWN;
	}

	@Override
	public int distance(String previous, String newest) {
		return 0;
	}

	@Override
	public boolean covers(String newest, String id) {
		return false;
	}

	@Override
	public boolean follows(String previous, String id) {
		return false;
	}

	private static CompletionStage<Events> missing() {
		return CompletableFuture.failedStage(new IllegalStateException("the channel has no history"));
	}

}
