package io.iodine.autoconfigure;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/** Tests for {@link StaticValueCheck}. */
class StaticValueCheckTests {

	@ParameterizedTest
	@CsvSource(textBlock = """
			single-page[0],             /app/{,           single-page
			single-page[0],             app/**,           single-page
			cache-control[/**/x{],      no-cache,         cache-control
			cache-control[index.html],  no-cache,         cache-control
			cache-control[/index.html], ünicode,          cache-control[/index.html]
			headers[X Frame],           DENY,             headers
			headers[X-Frame-Options],   dény,             headers[X-Frame-Options]
			media-types.foo,            nonsense,         media-types.foo
			media-types.foo,            text/*,           media-types.foo
			media-types.foo,            '',               media-types.foo
			""")
	void aValueThatNoResponseCanHaveIsRefused(String name, String value, String property) {
		assertThatExceptionOfType(InvalidIodinePropertyException.class).isThrownBy(() -> check(name, value))
			.satisfies((invalid) -> assertThat(invalid.name()).isEqualTo("iodine.static." + property));
	}

	@Test
	void aHeaderOfTwoLinesIsRefused() {
		assertThatExceptionOfType(InvalidIodinePropertyException.class)
			.isThrownBy(() -> check("headers[X-One]", "1\r\nX-Two: 2"));
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			single-page[0],                       /app/**
			single-page[0],                       /{*rest}
			cache-control[/index.html],           no-cache
			cache-control[/**],                   public
			headers[Content-Security-Policy],     default-src 'self'; img-src *
			media-types.foo,                      text/plain; charset=utf-8
			""", quoteCharacter = '"')
	void aValueThatAResponseCanHaveIsTaken(String name, String value) {
		assertThatNoException().isThrownBy(() -> check(name, value));
	}

	private static void check(String name, String value) {
		StaticValueCheck.check(new Binder(new MapConfigurationPropertySource(Map.of("iodine.static." + name, value)))
			.bind("iodine", Bindable.of(IodineProperties.class))
			.get()
			.staticFiles());
	}

}
