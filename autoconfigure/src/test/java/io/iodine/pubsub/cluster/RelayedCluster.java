package io.iodine.pubsub.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

import io.iodine.PubSubEngine;
import io.iodine.process.RelayLink;
import io.iodine.process.RelayPeer;
import io.iodine.pubsub.ChannelPubSub;
import io.iodine.pubsub.HistorySettings;
import io.iodine.pubsub.PresenceSettings;
import io.iodine.pubsub.PubSubLimits;
import io.iodine.pubsub.PubSubObserver;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * Workers and their relay in one process, joined by threads instead of sockets: one for
 * the master, one for each worker's control channel.
 */
final class RelayedCluster implements AutoCloseable {

	static final HistorySettings HISTORY = new HistorySettings(List.of("kept*"), 100, Duration.ofMinutes(5), 100);

	private static final PresenceSettings PRESENCE = new PresenceSettings(Duration.ofSeconds(30), Duration.ZERO,
			100_000, 4_096);

	private final ClusterRelay relay = new ClusterRelay(HISTORY);

	private final ExecutorService master = Executors.newSingleThreadExecutor();

	private final List<Member> members = new ArrayList<>();

	Member join(int number) {
		return join(number, HISTORY, true);
	}

	/** A worker of another program, which is ready when it says so. */
	Member start(int number, HistorySettings histories) {
		return join(number, histories, false);
	}

	private Member join(int number, HistorySettings histories, boolean ready) {
		Member member = new Member(number, histories, ready);
		this.members.add(member);
		onMaster(() -> this.relay.joined(member));
		return member;
	}

	void ready(Member member) {
		onMaster(() -> {
			member.ready = true;
			this.relay.ready(member);
		});
	}

	void leave(Member member) {
		onMaster(() -> {
			member.gone = true;
			this.relay.left(member);
		});
	}

	boolean remembersNothing() {
		return CompletableFuture.supplyAsync(this.relay::isEmpty, this.master).join();
	}

	private void onMaster(Runnable task) {
		CompletableFuture.runAsync(task, this.master).join();
	}

	@Override
	public void close() {
		this.members.forEach(Member::close);
		onMaster(this.relay::close);
		this.master.shutdown();
	}

	/** A worker. */
	@SuppressWarnings("NonAtomicVolatileUpdate") // one thread at a time writes
	final class Member implements RelayPeer, PubSubObserver {

		private final int number;

		private final ExecutorService control = Executors.newSingleThreadExecutor();

		private final ExecutorService callbacks = Executors.newSingleThreadExecutor();

		private volatile Consumer<ByteBuf> receiver = (frame) -> {
		};

		private volatile boolean takesNothing;

		private volatile int received;

		private volatile int lost;

		private volatile boolean ready;

		private volatile boolean gone;

		private final ChannelPubSub pubSub;

		private final ClusterEngine engine;

		Member(int number, HistorySettings histories, boolean ready) {
			this.number = number;
			this.ready = ready;
			this.pubSub = new ChannelPubSub(PubSubLimits.DEFAULTS, histories, PRESENCE, this.callbacks,
					(value) -> new byte[0], this);
			this.engine = new ClusterEngine(new Link(), histories, this.pubSub, this);
			this.pubSub.keepHistoryIn(this.engine);
			this.pubSub.keepPresenceIn(this.engine);
			this.engine.start();
			this.pubSub.defaultEngine(this.engine);
		}

		ChannelPubSub pubSub() {
			return this.pubSub;
		}

		ClusterEngine engine() {
			return this.engine;
		}

		void takeNothing() {
			this.takesNothing = true;
		}

		void stopBeingReady() {
			this.ready = false;
		}

		/** How many frames the master has sent here. */
		int received() {
			return this.received;
		}

		int lost() {
			return this.lost;
		}

		/** Waits until all that was sent so far has gone to the master and back. */
		void settle() {
			onMaster(() -> {
			});
			CompletableFuture.runAsync(() -> {
			}, this.control).join();
		}

		@Override
		public void answer(Iterator<ByteBuf> bodies) {
			bodies.forEachRemaining(this::send);
		}

		@Override
		public int number() {
			return this.number;
		}

		@Override
		public boolean isReady() {
			return this.ready;
		}

		@Override
		public void send(ByteBuf body) {
			this.control.execute(() -> {
				this.received++;
				this.receiver.accept(body);
				body.release();
			});
		}

		@Override
		public void forward(ByteBuf body) {
			send(body.retainedSlice());
		}

		@Override
		public void engineMessageLost(PubSubEngine failed) {
			this.lost++;
		}

		/** The way to the master. */
		private final class Link implements RelayLink {

			@Override
			public boolean send(int size, Consumer<ByteBuf> writer) {
				if (Member.this.takesNothing) {
					return false;
				}
				ByteBuf body = ByteBufAllocator.DEFAULT.buffer(size);
				writer.accept(body);
				RelayedCluster.this.master.execute(() -> {
					if (!Member.this.gone) {
						RelayedCluster.this.relay.received(Member.this, body);
					}
					body.release();
				});
				return true;
			}

			@Override
			public void onFrame(Consumer<ByteBuf> next) {
				Member.this.receiver = next;
			}

		}

		private void close() {
			this.pubSub.close();
			this.control.shutdown();
			this.callbacks.shutdown();
		}

	}

}
