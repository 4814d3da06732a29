package io.iodine.autoconfigure;

import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import reactor.netty.http.Http2SettingsSpec;
import reactor.netty.http.server.HttpServer;

/**
 * Changes some settings of a server's HTTP/2, and keeps those that were set before, which
 * Reactor Netty would forget.
 */
final class Http2Amendment {

	private Http2Amendment() {
	}

	static HttpServer amend(HttpServer server, Consumer<Http2SettingsSpec.Builder> amendment) {
		Http2SettingsSpec given = server.configuration().http2SettingsSpec();
		return server.http2Settings((settings) -> {
			Optional.ofNullable(given).ifPresent((spec) -> copy(spec, settings));
			amendment.accept(settings);
		});
	}

	private static void copy(Http2SettingsSpec given, Http2SettingsSpec.Builder settings) {
		set(settings, given.connectProtocolEnabled(), Http2SettingsSpec.Builder::connectProtocolEnabled);
		set(settings, given.headerTableSize(), Http2SettingsSpec.Builder::headerTableSize);
		set(settings, given.initialWindowSize(), Http2SettingsSpec.Builder::initialWindowSize);
		set(settings, given.maxConcurrentStreams(), Http2SettingsSpec.Builder::maxConcurrentStreams);
		set(settings, given.maxFrameSize(), Http2SettingsSpec.Builder::maxFrameSize);
		set(settings, given.maxHeaderListSize(), Http2SettingsSpec.Builder::maxHeaderListSize);
		set(settings, given.maxStreams(), Http2SettingsSpec.Builder::maxStreams);
		set(settings, given.pingAckTimeout(), Http2SettingsSpec.Builder::pingAckTimeout);
		set(settings, given.pingAckDropThreshold(), Http2SettingsSpec.Builder::pingAckDropThreshold);
		setPair(given.maxDecodedRstFramesPerWindow(), given.maxDecodedRstFramesSecondsPerWindow(),
				settings::maxDecodedRstFramesPerWindow);
		setPair(given.maxEncodedRstFramesPerWindow(), given.maxEncodedRstFramesSecondsPerWindow(),
				settings::maxEncodedRstFramesPerWindow);
	}

	private static void setPair(@Nullable Integer frames, @Nullable Integer seconds,
			BiConsumer<Integer, Integer> setter) {
		if (frames != null && seconds != null) {
			setter.accept(frames, seconds);
		}
	}

	private static <T> void set(Http2SettingsSpec.Builder settings, @Nullable T value,
			BiConsumer<Http2SettingsSpec.Builder, T> setter) {
		if (value != null) {
			setter.accept(settings, value);
		}
	}

}
