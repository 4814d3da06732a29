package io.iodine.pubsub;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

import io.iodine.Message;
import io.iodine.Since;
import io.iodine.concurrent.ThrottledLog;
import org.apache.commons.logging.LogFactory;

/**
 * Reads the history of channels for subscriptions that resume. A page is read only after
 * engines were called for all subscriptions made before, so that nothing is missed
 * between the page and the first message delivered.
 */
final class HistoryReader {

	private static final ThrottledLog unread = new ThrottledLog(LogFactory.getLog(HistoryReader.class));

	private final HistorySettings settings;

	private final AttachedEngines engines;

	private volatile ChannelHistory history;

	HistoryReader(HistorySettings settings, AttachedEngines engines, ChannelHistory history) {
		this.settings = settings;
		this.engines = engines;
		this.history = history;
	}

	/** Reads from another history from now on. */
	void readFrom(ChannelHistory next) {
		this.history = next;
	}

	boolean isKept(String channel) {
		return this.settings.keeps(channel);
	}

	CompletionStage<List<Message>> last(String channel, int count) {
		return this.history.last(channel, count);
	}

	/** Reads what a subscription that begins there has missed. */
	CompletionStage<HistoryPage> since(String channel, Since since) {
		if (!isKept(channel)) {
			return CompletableFuture.completedStage(HistoryPage.UNKNOWN);
		}
		String known = since.knownId().orElse(null);
		if (known == null) {
			return newest(channel, since.lastCount());
		}
		return Position.parse(known)
			.map((position) -> after(channel, position, Integer.MAX_VALUE))
			.orElseGet(() -> CompletableFuture.completedStage(HistoryPage.UNKNOWN));
	}

	CompletionStage<HistoryPage> newest(String channel, int count) {
		if (count == 0) {
			return after(channel, Position.NOWHERE, 1)
				.thenApply((page) -> new HistoryPage(true, List.of(), page.last()));
		}
		return this.history.last(channel, count).thenCompose((messages) -> {
			Position last = messages.isEmpty() ? null
					: messages.get(messages.size() - 1).id().flatMap(Position::parse).orElse(null);
			return (last == null) ? newest(channel, 0)
					: after(channel, last, Integer.MAX_VALUE).thenApply((page) -> joined(messages, last, page));
		});
	}

	/** What was published while the newest messages were read belongs to them. */
	private static HistoryPage joined(List<Message> messages, Position last, HistoryPage since) {
		if (!since.complete()) {
			return new HistoryPage(true, messages, last);
		}
		return new HistoryPage(true, Stream.concat(messages.stream(), since.messages().stream()).toList(),
				(since.last() != null) ? since.last() : last);
	}

	CompletionStage<HistoryPage> after(String channel, Position position, int max) {
		CompletableFuture<HistoryPage> page = new CompletableFuture<>();
		boolean noted = this.engines
			.whenTold(() -> this.history.since(channel, position, max).whenComplete((read, failure) -> {
				if (failure != null) {
					unread.warn((count) -> count + " dropped: history of channel '" + channel
							+ "', which can't be read: " + failure.getMessage());
					page.completeExceptionally(failure);
				}
				else {
					page.complete(read);
				}
			}));
		if (!noted) {
			page.completeExceptionally(new IllegalStateException("an engine blocks, and its queue of calls is full"));
		}
		return page;
	}

}
