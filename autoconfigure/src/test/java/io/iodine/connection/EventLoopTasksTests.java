package io.iodine.connection;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import io.iodine.connection.fanout.FanoutEventLoop.Delivery;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.util.ReferenceCountUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

	@ParameterizedTest
	@ValueSource(strings = { "delivery", "flushes", "tasks" })
	void anEventLoopReadsItsSocketsBetweenTheParts(String kind) throws Exception {
		EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
		try {
			Channel socket = new Bootstrap().group(group)
				.channel(NioDatagramChannel.class)
				.handler(reader())
				.bind(0)
				.sync()
				.channel();
			EventLoopTasks sharing = new EventLoopTasks(socket.eventLoop());
			DatagramPacket datagram = new DatagramPacket(new byte[1], 1, InetAddress.getLoopbackAddress(),
					((InetSocketAddress) socket.localAddress()).getPort());
			try (DatagramSocket peer = new DatagramSocket()) {
				Runnable first = () -> {
					send(peer, datagram);
					spendTime(sharing, "first");
				};
				Runnable last = () -> {
					this.order.add("last");
					this.done.complete(null);
				};
				socket.eventLoop().execute(() -> {
					switch (kind) {
						case "delivery" -> sharing.deliverLater((flush) -> {
							first.run();
							sharing.deliverLater((again) -> last.run());
						});
						case "flushes" -> {
							for (int i = 0; i < 32; i++) {
								sharing.unflushed(i == 0 ? first::run : () -> {
								});
							}
							sharing.unflushed(last::run);
						}
						default -> {
							for (int i = 0; i < 1024; i++) {
								sharing.post(i == 0 ? first : () -> {
								});
							}
							sharing.post(last);
						}
					}
				});
				// tasks posted by other threads must not delay the read
				long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
				while (!this.done.isDone() && System.nanoTime() < end) {
					sharing.post(() -> {
					});
					Thread.onSpinWait();
				}
				assertThat(this.done).isDone();
			}
			assertThat(this.order).containsExactly("first", "read", "last");
		}
		finally {
			group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
		}
	}

	@Test
	void whatIsLeftOfADeliveryIsDoneWhenTheEventLoopEnds() throws Exception {
		for (int i = 0; i < 200; i++) {
			EventLoop ending = new DefaultEventLoop();
			EventLoopTasks last = new EventLoopTasks(ending);
			CompletableFuture<Void> delivered = new CompletableFuture<>();
			ending.execute(() -> last.deliverLater((flush) -> last.deliverLater((again) -> delivered.complete(null))));

			ending.shutdownGracefully(0, 10, TimeUnit.SECONDS);

			delivered.get(30, TimeUnit.SECONDS);
			ending.terminationFuture().sync();
		}
	}

	private ChannelInboundHandlerAdapter reader() {
		return new ChannelInboundHandlerAdapter() {

			@Override
			public void channelRead(ChannelHandlerContext context, Object datagram) {
				ReferenceCountUtil.release(datagram);
				EventLoopTasksTests.this.order.add("read");
			}

		};
	}

	private static void send(DatagramSocket peer, DatagramPacket datagram) {
		try {
			peer.send(datagram);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void spendTime(String name) {
		spendTime(this.tasks, name);
	}

	private void spendTime(EventLoopTasks spending, String name) {
		while (!spending.isTimeUp()) {
			Thread.onSpinWait();
		}
		this.order.add(name);
	}

}
