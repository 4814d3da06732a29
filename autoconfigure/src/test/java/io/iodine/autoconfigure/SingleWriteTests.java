package io.iodine.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

import static org.assertj.core.api.Assertions.assertThat;

/** How the head and the body of a small file reach the socket. */
@SuppressWarnings({ "FutureReturnValueIgnored", "NullAway.Init" }) // failures show in
																	// assertions
class SingleWriteTests {

	private static final Queue<String> EVENTS = new ConcurrentLinkedQueue<>();

	@TempDir
	static Path root;

	@Test
	void aSmallFileIsFlushedOnceWithItsHead() throws IOException {
		Files.writeString(root.resolve("small.txt"), "content");
		try (FileServer server = FileServer.start(List.of(FileServer.Application.class, Watched.class),
				"iodine.static.root=" + root)) {
			server.get("/small.txt");
			EVENTS.clear();

			assertThat(server.get("/small.txt").body()).isEqualTo("content");

			assertThat(String.join(" ", EVENTS)).matches("(flush )*(bytes )+flush( flush)*");
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class Watched {

		/** Next to the socket, ahead of all other handlers. */
		@Bean
		@Order(1_000)
		WebServerFactoryCustomizer<NettyReactiveWebServerFactory> watchedCustomizer() {
			return (factory) -> factory.addServerCustomizers((server) -> server
				.doOnChannelInit((observer, channel, address) -> channel.pipeline().addFirst(new Watch())));
		}

	}

	private static final class Watch extends ChannelOutboundHandlerAdapter {

		@Override
		public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
			EVENTS.add((msg instanceof ByteBuf) ? "bytes" : msg.getClass().getSimpleName());
			ctx.write(msg, promise);
		}

		@Override
		public void flush(ChannelHandlerContext ctx) {
			EVENTS.add("flush");
			ctx.flush();
		}

	}

}
