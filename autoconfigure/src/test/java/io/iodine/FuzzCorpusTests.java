package io.iodine;

import java.lang.reflect.Method;
import java.util.HexFormat;
import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

/**
 * Tries again what a fuzzer found worth keeping: {@link FuzzLongRun} looks for more.
 */
class FuzzCorpusTests {

	@ParameterizedTest
	@ValueSource(strings = { FuzzLongRun.WEB_SOCKET, FuzzLongRun.EVENT_STREAM, FuzzLongRun.REQUEST, FuzzLongRun.PATH,
			FuzzLongRun.GLOB })
	void whatWasKeptIsReadRight(String target) throws Exception {
		Method fuzz = Class.forName(target).getMethod("fuzzerTestOneInput", byte[].class);
		List<byte[]> corpus = new FuzzCorpus(target).read();

		assertThat(corpus).hasSizeGreaterThan(10);
		for (byte[] input : corpus) {
			assertThatCode(() -> fuzz.invoke(null, (Object) input)).as(HexFormat.of().formatHex(input))
				.doesNotThrowAnyException();
		}
	}

}
