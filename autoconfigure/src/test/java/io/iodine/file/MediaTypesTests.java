package io.iodine.file;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class MediaTypesTests {

	@ParameterizedTest
	@CsvSource({ "index.html,text/html; charset=utf-8", "INDEX.HTM,text/html; charset=utf-8",
			"app.min.js,text/javascript; charset=utf-8", "a.css,text/css; charset=utf-8", "a.json,application/json",
			"a.svg,image/svg+xml", "a.wasm,application/wasm", "a.tar.gz,application/gzip", "a.mp4,video/mp4",
			"a.unknown,application/octet-stream", "html,text/html; charset=utf-8", "a.,application/octet-stream" })
	void theTypeIsThatOfTheExtension(String name, String type) {
		assertThat(new MediaTypes(Map.of()).of(name)).isEqualTo(type);
	}

	@Test
	void whatIsAddedWins() {
		MediaTypes types = new MediaTypes(Map.of("html", "text/x-own", ".New", "application/x-new"));

		assertThat(types.of("a.html")).isEqualTo("text/x-own");
		assertThat(types.of("a.new")).isEqualTo("application/x-new");
		assertThat(types.of("a.css")).isEqualTo("text/css; charset=utf-8");
	}

}
