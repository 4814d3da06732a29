package io.iodine.servlet;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of the channel over a container's socket, without a container. */
@SuppressWarnings("FutureReturnValueIgnored") // a failure shows in what is asserted
class ContainerChannelTests {

	private final DefaultEventLoop loop = new DefaultEventLoop();

	private final CompletableFuture<Throwable> caught = new CompletableFuture<>();

	@AfterEach
	void stop() {
		this.loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
	}

	@Test
	void aReadWithoutMemoryClosesTheChannel() throws Exception {
		OutOfMemoryError failure = new OutOfMemoryError("no direct memory");
		ContainerChannel channel = channel(new FailingPort(new IllegalStateException("not read")));
		channel.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(10) {

			@Override
			@SuppressWarnings("deprecation") // the type of a channel's read sizes
			public Handle newHandle() {
				return new DelegatingHandle(super.newHandle()) {

					@Override
					public ByteBuf allocate(ByteBufAllocator memory) {
						throw failure;
					}

				};
			}

		});

		this.loop.register(channel).sync();
		channel.read();

		assertThat(this.caught.get(30, TimeUnit.SECONDS)).isSameAs(failure);
		assertThat(channel.closeFuture().await(30, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void aReadOfWhichTheContainerFailsClosesTheChannel() throws Exception {
		IllegalStateException failure = new IllegalStateException("recycled");
		ContainerChannel channel = channel(new FailingPort(failure));

		this.loop.register(channel).sync();
		channel.read();

		assertThat(this.caught.get(30, TimeUnit.SECONDS)).isSameAs(failure);
		assertThat(channel.closeFuture().await(30, TimeUnit.SECONDS)).isTrue();
	}

	private ContainerChannel channel(ContainerChannel.Port port) {
		ContainerChannel channel = new ContainerChannel(port, InetSocketAddress.createUnresolved("client", 0),
				this.loop);
		channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {

			@Override
			public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
				caught.complete(cause);
			}

		});
		return channel;
	}

	/** A socket that can't be read. */
	private record FailingPort(RuntimeException failure) implements ContainerChannel.Port {

		@Override
		public int read(ByteBuf to) {
			throw this.failure;
		}

		@Override
		public void awaitRead() {
			// fails before
		}

		@Override
		public boolean write(ByteBuf bytes) throws IOException {
			throw new IOException("not connected");
		}

		@Override
		public boolean flush() {
			return true;
		}

		@Override
		public void shutDownOutput() {
			// nothing to shut down
		}

		@Override
		public void close() {
			// nothing to close
		}

	}

}
