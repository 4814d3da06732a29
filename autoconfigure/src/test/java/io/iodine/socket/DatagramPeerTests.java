package io.iodine.socket;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests for {@link DatagramPeer}. */
@SuppressWarnings("FutureReturnValueIgnored") // a failure shows in what is asserted
class DatagramPeerTests {

	@Test
	void aSocketThatTakesNothingQueuesNoMoreThanItsBound() {
		EmbeddedChannel socket = new FullSocket();
		DatagramPeer peer = new DatagramPeer(socket, new InetSocketAddress(InetAddress.getLoopbackAddress(), 9), () -> {
		});
		socket.eventLoop().register(peer);

		for (int i = 0; i < 1000; i++) {
			peer.writeAndFlush(Unpooled.wrappedBuffer(new byte[1000]));
		}

		long queued = Objects.requireNonNull(socket.unsafe().outboundBuffer()).totalPendingWriteBytes();
		assertThat(queued).isPositive().isLessThan(2L * socket.config().getWriteBufferHighWaterMark());
		peer.close();
		socket.close();
	}

	/** A socket whose buffer in the kernel is full. */
	private static final class FullSocket extends EmbeddedChannel {

		@Override
		protected void doWrite(ChannelOutboundBuffer in) {
			// takes nothing
		}

	}

}
