package io.iodine.connection;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** Many followers that are cut at random moments while numbered messages flow. */
final class CutStreams {

	private final int messages;

	private final List<CutStream> streams;

	private final int window;

	private final Duration patience;

	/**
	 * Prepares followers.
	 * @param port of the server
	 * @param path of a handler that subscribes to one channel, a new one
	 * @param streams how many follow
	 * @param cuts how often each is cut
	 * @param messages how many messages there will be, from 1
	 * @param window how far the newest message is ahead of the slowest follower at most
	 * @param patience how long all may take
	 */
	CutStreams(int port, String path, int streams, int cuts, int messages, int window, Duration patience) {
		this.messages = messages;
		this.window = window;
		this.patience = patience;
		// a message is about fifty bytes, so that the cuts are spread over most of them
		int bytesALife = 80 * messages / (cuts + 1);
		this.streams = IntStream.range(0, streams)
			.mapToObj((i) -> new CutStream(port, path, cuts, bytesALife, new Random(i)))
			.toList();
	}

	/**
	 * Follows to the end.
	 * @param publish publishes a number
	 * @return what came of it
	 */
	Report follow(IntConsumer publish) throws IOException {
		long start = System.nanoTime();
		try (Selector selector = Selector.open()) {
			run(selector, start, () -> this.streams.stream().allMatch((stream) -> stream.lastId != null));
			int[] published = { 0 };
			run(selector, start, () -> {
				int slowest = this.streams.stream().mapToInt(CutStream::isAt).min().orElseThrow();
				for (int end = Math.min(this.messages, slowest + this.window); published[0] < end;) {
					publish.accept(++published[0]);
				}
				return slowest >= this.messages;
			});
			for (CutStream stream : this.streams) {
				stream.endAt(this.messages);
			}
		}
		return new Report(this.streams.stream().map((stream) -> stream.wrong).filter(Objects::nonNull).toList(),
				this.streams.stream().mapToInt((stream) -> stream.cuts - 1).sum(),
				this.streams.stream().mapToInt((stream) -> stream.resets).sum(),
				Duration.ofNanos(System.nanoTime() - start));
	}

	private void run(Selector selector, long start, BooleanSupplier done) throws IOException {
		ByteBuffer buffer = ByteBuffer.allocateDirect(16 * 1024);
		while (!done.getAsBoolean()) {
			if (System.nanoTime() - start > this.patience.toNanos()) {
				throw new AssertionError("After " + this.patience + " followers wait for "
						+ this.streams.stream().map((stream) -> stream.next).sorted().limit(20).toList());
			}
			for (CutStream stream : this.streams) {
				stream.wakeIfDue(selector);
			}
			selector.select(2);
			for (SelectionKey key : new ArrayList<>(selector.selectedKeys())) {
				((CutStream) key.attachment()).read(buffer);
			}
			selector.selectedKeys().clear();
		}
	}

	/**
	 * What came of it.
	 *
	 * @param wrong holes, doubles and disorder that nobody was told of
	 * @param cuts how often followers came back
	 * @param resets how often they were told that something may be missing
	 * @param took how long it took
	 */
	record Report(List<String> wrong, int cuts, int resets, Duration took) {

	}

}
