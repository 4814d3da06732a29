package io.iodine.servlet;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;

import io.iodine.connection.DrainSettings;
import org.junit.jupiter.api.Test;

import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests for {@link AsyncStreamDrainFilter}. */
class AsyncStreamDrainFilterTests {

	@Test
	void anExecutorThatRejectsBreaksNoStream() throws Exception {
		AsyncStreamDrainFilter filter = new AsyncStreamDrainFilter((task) -> {
			throw new RejectedExecutionException("expected by this test");
		});
		filter.end(new DrainSettings(Duration.ofSeconds(1), 10, Duration.ZERO, Duration.ZERO, Duration.ZERO));
		MockHttpServletResponse answer = new MockHttpServletResponse();

		filter.doFilter(new MockHttpServletRequest(), answer, (request, response) -> {
			response.setContentType("text/event-stream");
			response.getOutputStream().write("data: x\n\n".getBytes(StandardCharsets.US_ASCII));
		});

		assertThat(answer.getContentAsString()).isEqualTo("data: x\n\n");
	}

}
