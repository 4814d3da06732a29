package io.iodine.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/** A client of HTTP/2 that says frame by frame what a test wants said. */
@SuppressWarnings("FutureReturnValueIgnored") // a failure shows in what is asserted
final class Http2Peer implements AutoCloseable {

	private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

	private final CompletableFuture<Http2Settings> settings = new CompletableFuture<>();

	private final int port;

	private final Channel connection;

	Http2Peer(int port, int window) {
		this.port = port;
		this.connection = new Bootstrap().group(this.loops)
			.channel(NioSocketChannel.class)
			.handler(new ChannelInitializer<Channel>() {

				@Override
				protected void initChannel(Channel channel) {
					channel.pipeline()
						.addLast(Http2FrameCodecBuilder.forClient()
							.initialSettings(Http2Settings.defaultSettings().initialWindowSize(window))
							.build())
						.addLast(new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()))
						.addLast(new SettingsReader());
				}

			})
			.connect("127.0.0.1", port)
			.syncUninterruptibly()
			.channel();
	}

	/** What the server says about itself. */
	Http2Settings settings() {
		return this.settings.orTimeout(30, TimeUnit.SECONDS).join();
	}

	/** Opens a stream by an extended CONNECT. */
	Stream connect(String protocol, String path, Map<String, String> headers) {
		settings();
		Http2Headers head = new DefaultHttp2Headers().method("CONNECT")
			.scheme("http")
			.authority("127.0.0.1:" + this.port)
			.path(path);
		head.set(":protocol", protocol);
		head.set("sec-websocket-version", "13");
		headers.forEach(head::set);
		Stream stream = new Stream();
		Http2StreamChannel channel = new Http2StreamChannelBootstrap(this.connection).handler(stream)
			.open()
			.syncUninterruptibly()
			.getNow();
		stream.channel = channel;
		channel.writeAndFlush(new DefaultHttp2HeadersFrame(head, false)).syncUninterruptibly();
		return stream;
	}

	@Override
	public void close() {
		this.connection.close().syncUninterruptibly();
		this.loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
	}

	/** Waits for the settings. */
	private final class SettingsReader extends ChannelInboundHandlerAdapter {

		@Override
		public void channelRead(ChannelHandlerContext ctx, Object msg) {
			if (msg instanceof Http2SettingsFrame frame) {
				Http2Peer.this.settings.complete(frame.settings());
			}
			ReferenceCountUtil.release(msg);
		}

	}

	/** A stream, what came on it in order. */
	static final class Stream extends ChannelInboundHandlerAdapter {

		private static final String END = "end";

		private final CompletableFuture<Http2Headers> head = new CompletableFuture<>();

		private final BlockingQueue<Object> came = new LinkedBlockingQueue<>();

		private final ByteArrayOutputStream unread = new ByteArrayOutputStream();

		private @Nullable Http2StreamChannel channel;

		@Override
		public void channelRead(ChannelHandlerContext ctx, Object msg) {
			if (msg instanceof Http2HeadersFrame frame) {
				this.head.complete(frame.headers());
				end(frame.isEndStream());
			}
			else if (msg instanceof Http2DataFrame frame) {
				if (frame.content().isReadable()) {
					this.came.add(ByteBufUtil.getBytes(frame.content()));
				}
				end(frame.isEndStream());
			}
			ReferenceCountUtil.release(msg);
		}

		@Override
		public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
			if (event instanceof Http2ResetFrame reset) {
				this.came.add("reset " + reset.errorCode());
			}
		}

		private void end(boolean ends) {
			if (ends) {
				this.came.add(END);
			}
		}

		/** The head of the answer. */
		Http2Headers head() {
			return this.head.orTimeout(30, TimeUnit.SECONDS).join();
		}

		Stream send(byte[] bytes) {
			channel().writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(bytes)));
			return this;
		}

		void end() {
			channel().writeAndFlush(new DefaultHttp2DataFrame(true));
		}

		void reset() {
			channel().writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL));
		}

		private Http2StreamChannel channel() {
			return Objects.requireNonNull(this.channel, "the stream is not open");
		}

		/** Takes nothing more from the stream's window. */
		void stopReading() {
			channel().config().setAutoRead(false);
		}

		void readOn() {
			channel().config().setAutoRead(true);
		}

		/** The next frame of a WebSocket: a text with its kind, or flags and opcode. */
		String frame() throws Exception {
			byte[] head = take(2);
			int length = head[1] & 0xFF;
			if (length == 126) {
				byte[] two = take(2);
				length = ((two[0] & 0xFF) << 8) | (two[1] & 0xFF);
			}
			byte[] payload = take(length);
			return switch (head[0] & 0xFF) {
				case 0x81 -> "text " + new String(payload, StandardCharsets.UTF_8);
				case 0x88 -> "close " + (((payload[0] & 0xFF) << 8) | (payload[1] & 0xFF));
				default -> Integer.toHexString(head[0] & 0xFF) + " of " + payload.length;
			};
		}

		/** How the stream ended. */
		String lastWord() throws Exception {
			Object next = this.came.poll(30, TimeUnit.SECONDS);
			return (next instanceof byte[] bytes) ? "data " + Arrays.toString(bytes) : String.valueOf(next);
		}

		private byte[] take(int length) throws Exception {
			while (this.unread.size() < length) {
				Object next = this.came.poll(30, TimeUnit.SECONDS);
				if (!(next instanceof byte[] bytes)) {
					throw new AssertionError("Expected data but got " + next);
				}
				this.unread.writeBytes(bytes);
			}
			byte[] all = this.unread.toByteArray();
			this.unread.reset();
			this.unread.write(all, length, all.length - length);
			return Arrays.copyOf(all, length);
		}

	}

}
