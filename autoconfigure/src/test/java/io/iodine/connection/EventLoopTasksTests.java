package io.iodine.connection;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import io.iodine.connection.fanout.FanoutEventLoop.Delivery;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

@SuppressWarnings("FutureReturnValueIgnored") // tests wait for the last task
class EventLoopTasksTests {

	private final EventLoop loop = new DefaultEventLoop();

	private final EventLoopTasks tasks = new EventLoopTasks(this.loop);

	private final List<String> order = new CopyOnWriteArrayList<>();

	private final CompletableFuture<Void> done = new CompletableFuture<>();

	@AfterEach
	void end() {
		this.loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
	}

	@Test
	void anEventLoopServesOthersBetweenThePartsOfADelivery() throws Exception {
		Delivery delivery = new Delivery() {

			private int parts;

			@Override
			public void deliver(boolean flush) {
				spendTime("part");
				if (++this.parts < 3) {
					EventLoopTasksTests.this.tasks.deliverLater(this);
				}
				else {
					EventLoopTasksTests.this.done.complete(null);
				}
			}

		};
		this.loop.execute(() -> {
			this.tasks.deliverLater(delivery);
			this.loop.execute(() -> this.order.add("other"));
		});

		this.done.get(30, TimeUnit.SECONDS);
		assertThat(this.order).containsExactly("part", "other", "part", "part");
	}

	@Test
	void deliveriesForWhichTheTimeDoesNotSufficeWaitInTheirOrder() throws Exception {
		this.loop.execute(() -> {
			for (String channel : List.of("one", "two", "three")) {
				this.tasks.deliverLater((flush) -> {
					spendTime(channel);
					if (channel.equals("three")) {
						this.done.complete(null);
					}
				});
			}
			this.loop.execute(() -> this.order.add("other"));
		});

		this.done.get(30, TimeUnit.SECONDS);
		assertThat(this.order).containsExactly("one", "other", "two", "three");
	}

	@Test
	void anEventLoopServesOthersBetweenManyFlushes() throws Exception {
		int flushes = 100;
		this.loop.execute(() -> {
			for (int i = 0; i < flushes; i++) {
				this.tasks.unflushed(i == 31 ? () -> spendTime("late") : () -> this.order.add("flush"));
			}
			this.tasks.unflushed(() -> this.done.complete(null));
			this.loop.execute(() -> this.order.add("other"));
		});

		this.done.get(30, TimeUnit.SECONDS);
		assertThat(this.order).hasSize(flushes + 1);
		assertThat(this.order.indexOf("other")).isEqualTo(32);
	}

	private void spendTime(String name) {
		while (!this.tasks.isTimeUp()) {
			Thread.onSpinWait();
		}
		this.order.add(name);
	}

}
