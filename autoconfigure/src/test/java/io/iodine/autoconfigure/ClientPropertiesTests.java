package io.iodine.autoconfigure;

import java.net.InetSocketAddress;

import io.iodine.net.ClientOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/** Tests of {@code iodine.clients.*}. */
class ClientPropertiesTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			proxy               | proxy.example.com
			proxy               | proxy.example.com:0
			proxy               | proxy.example.com:65536
			proxy               | http://proxy.example.com:3128
			headers.x key       | value
			headers.x-key       | a\\u0000b
			headers.x-key       | a\\r\\nb
			subprotocols        | a b
			connect-timeout     | 0s
			connect-timeout     | 2d
			handshake-timeout   | 100us
			ping-timeout        | 2d
			min-delay           | 0s
			max-delay           | 1ms
			timeout             | 25h
			max-message-size    | 0B
			""")
	void aValueThatCannotBeFailsTheStartAndNamesItsProperty(String property, String value) {
		String name = "iodine.clients.feed." + property;
		String text = value.replace("\\u0000", "\u0000").replace("\\r\\n", "\r\n");

		assertThatException().isThrownBy(() -> bind(name.replace("x key", "[x key]"), text))
			.havingRootCause()
			.isInstanceOf(InvalidIodinePropertyException.class)
			.withMessageStartingWith(name + " is ")
			.withMessageContaining(", but must be ");
	}

	@Test
	void aProxyMayHaveANameThatNoUriHas() {
		ClientOptions options = bind("iodine.clients.feed.proxy", "my_proxy:3128").clients()
			.values()
			.iterator()
			.next()
			.complete(ClientOptions.DEFAULTS);

		assertThat(options.proxy().map(InetSocketAddress::getHostString)).contains("my_proxy");
		assertThat(options.proxy().map(InetSocketAddress::getPort)).contains(3128);
	}

	private static ClientProperties bind(String name, String value) {
		MockEnvironment environment = new MockEnvironment()
			.withProperty("iodine.clients.feed.url", "wss://feed.example.com")
			.withProperty(name, value);
		return Binder.get(environment).bind("iodine", Bindable.of(ClientProperties.class)).get();
	}

}
