package io.iodine.socket;

import io.iodine.socket.SocketUrl.Scheme;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Tests for {@link SocketUrl}. */
class SocketUrlTests {

	@ParameterizedTest
	@CsvSource({ "tcp://127.0.0.1:7000, TCP, 127.0.0.1, 7000", "raw://localhost:0, TCP, localhost, 0",
			"TLS://a.example:65535, TLS, a.example, 65535", "ssl://a.example:1/, TLS, a.example, 1",
			"udp://[::1]:53, UDP, ::1, 53", "tcp://*:80, TCP, ::, 80", "tcp://:80, TCP, ::, 80" })
	void partsAreParsed(String url, Scheme scheme, String host, int port) {
		assertThat(SocketUrl.parse(url)).isEqualTo(new SocketUrl(scheme, host, port, ""));
	}

	@ParameterizedTest
	@ValueSource(strings = { "tcp://127.0.0.1", "tcp://127.0.0.1:65536", "tcp://user@127.0.0.1:1",
			"tcp://a.example:1/x", "tcp://a b:1", "tcp:127.0.0.1:1", "http://127.0.0.1:1", "127.0.0.1:1", ":1", "",
			"unix:", "unix://" })
	void whatIsNoUrlIsRefusedWithAnExample(String url) {
		assertThatIllegalArgumentException().isThrownBy(() -> SocketUrl.parse(url))
			.withMessageContaining("Expected is a URL such as ");
	}

	@Test
	void theExampleIsOfTheSchemeGiven() {
		assertThatIllegalArgumentException().isThrownBy(() -> SocketUrl.parse("tls://a.example"))
			.withMessageContaining("tls://127.0.0.1:7443");
		assertThatIllegalArgumentException().isThrownBy(() -> SocketUrl.parse("udp://a.example:1/x"))
			.withMessageContaining("must not have a path")
			.withMessageContaining("udp://127.0.0.1:7000");
		assertThatIllegalArgumentException().isThrownBy(() -> SocketUrl.parse("tcp://a b:1"))
			.withMessageContaining("can't be parsed")
			.withMessageContaining("tcp://127.0.0.1:7000");
	}

	@ParameterizedTest
	@CsvSource({ "unix:/run/app.sock, /run/app.sock", "unix:///run/app.sock, /run/app.sock",
			"unix:app.sock, app.sock" })
	void theRestOfAUnixSocketIsItsPath(String url, String path) {
		assertThat(SocketUrl.parse(url)).isEqualTo(new SocketUrl(Scheme.UNIX, "", 0, path));
	}

	@Test
	void thePathOfAUnixSocketHasAsManyBytesAsTheSystemTakes() {
		String longest = "ä".repeat(53) + "x";

		assertThat(SocketUrl.parse("unix:" + longest).path()).isEqualTo(longest);
		assertThatIllegalArgumentException().isThrownBy(() -> SocketUrl.parse("unix:" + longest + "x"))
			.withMessageContaining("1 to 107 bytes, not 108");
		assertThatIllegalArgumentException().isThrownBy(() -> SocketUrl.parse("unix:/run/a\0b"))
			.withMessageContaining("the path of a Unix socket");
	}

	@ParameterizedTest
	@CsvSource({ "tcp://127.0.0.1:7000, tcp://127.0.0.1:7000", "SSL://[::1]:1, tls://[::1]:1",
			"unix:///run/app.sock, unix:/run/app.sock" })
	void itIsWrittenAsItIsParsed(String url, String text) {
		SocketUrl parsed = SocketUrl.parse(url);

		assertThat(parsed).hasToString(text);
		assertThat(SocketUrl.parse(text)).isEqualTo(parsed);
	}

	@Test
	void everyAddressIsListenedOnWhereNoneIsNamed() {
		assertThat(SocketUrl.parse("tcp://*:7000").address().getAddress().isAnyLocalAddress()).isTrue();
		assertThat(SocketUrl.parse("tcp://*:7000").address().getPort()).isEqualTo(7000);
		assertThat(new SocketUrl(Scheme.TCP, "", 1, "").address().getAddress().isAnyLocalAddress()).isTrue();
		assertThat(SocketUrl.parse("tcp://127.0.0.1:7000").address().getAddress().isLoopbackAddress()).isTrue();
	}

}
