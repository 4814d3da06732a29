package io.iodine.http;

import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import reactor.netty.NettyPipeline;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that each handler of this version of Reactor Netty was looked at: one that
 * another version adds is removed at the take-over, and fails this test until it is
 * listed.
 */
class ReactorNettyHandlersTests {

	private static final Set<String> REMOVED = Set.of("AccessLogHandler", "ChunkedWriter", "CompressionHandler",
			"ErrorLogHandler", "H2CUpgradeHandler", "H2Flush", "H2MaxStreamsHandler", "H2MultiplexHandler",
			"H2OrHttp11Codec", "H3ToHttp11Codec", "HttpAggregator", "HttpDecompressor", "HttpTrafficHandler",
			"IdleTimeoutHandler", "NonSslRedirectDetector", "NonSslRedirectHandler", "OnChannelReadIdle",
			"OnChannelWriteIdle", "ProxyHandler", "ReadTimeoutHandler", "ResponseTimeoutHandler", "UnvoidHandler",
			"WsCompressionHandler", "WsFrameAggregator", "WsMetricsHandler");

	@Test
	void eachHandlerIsKeptOrRemoved() {
		Set<String> removed = names().filter(ReactorNettyHandlers::isHttp).collect(Collectors.toSet());
		Set<String> kept = names().filter((name) -> !ReactorNettyHandlers.isHttp(name)).collect(Collectors.toSet());

		assertThat(removed)
			.containsExactlyInAnyOrderElementsOf(REMOVED.stream().map(ReactorNettyHandlersTests::value).toList());
		assertThat(kept).containsExactlyInAnyOrderElementsOf(
				Stream.concat(ReactorNettyHandlers.KEPT.stream(), ReactorNettyHandlers.REMOVED_BY_TAKEOVER.stream())
					.toList());
	}

	@Test
	void aHandlerOfTheApplicationIsKept() {
		assertThat(ReactorNettyHandlers.isHttp("audit")).isFalse();
	}

	private static Stream<String> names() {
		return Arrays.stream(NettyPipeline.class.getFields())
			.map(Field::getName)
			.filter((name) -> !name.equals("LEFT") && !name.equals("RIGHT"))
			.map(ReactorNettyHandlersTests::value);
	}

	private static String value(String constant) {
		try {
			return (String) NettyPipeline.class.getField(constant).get(null);
		}
		catch (ReflectiveOperationException ex) {
			throw new LinkageError(constant + " is no handler of this version", ex);
		}
	}

}
