package io.iodine.test;

import io.iodine.PubSub;
import io.iodine.SendFile;
import io.iodine.Upgrade;
import io.iodine.UpgradeRequest;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.header;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

/** The slice of Boot's tests for controllers of Spring MVC, which has no server. */
@WebMvcTest(controllers = WebMvcSliceTests.Hello.class,
		properties = { "iodine.pubsub.engine=redis", "spring.main.web-application-type=servlet" },
		excludeAutoConfiguration = ServletWebSecurityAutoConfiguration.class)
@AutoConfigureMockMvc(addFilters = true)
@ContextConfiguration(classes = SliceApplication.class)
@Import(WebMvcSliceTests.Hello.class)
class WebMvcSliceTests {

	@Test
	void pubSubIsThereAndStaysWithinTheProcess(@Autowired MockMvc mvc) throws Exception {
		mvc.perform(get("/hello")).andExpect(status().isOk()).andExpect(content().string("hello true"));
	}

	@Test
	void aControllerTakesAnUpgradeRequestAndRejects(@Autowired MockMvc mvc) throws Exception {
		mvc.perform(get("/paid")).andExpect(status().is(402)).andExpect(content().string(""));
	}

	@Test
	void theFileThatAServerWouldSendIsNamed(@Autowired MockMvc mvc) throws Exception {
		mvc.perform(get("/file"))
			.andExpect(status().isOk())
			.andExpect(header().string(SendFile.HEADER, "/etc/hostname"))
			.andExpect(content().string(""));
	}

	/** The controller of the slice. */
	@RestController
	static class Hello {

		private final PubSub pubSub;

		Hello(PubSub pubSub) {
			this.pubSub = pubSub;
		}

		@GetMapping("/hello")
		String hello() {
			return "hello " + (this.pubSub.defaultEngine() == this.pubSub.localEngine());
		}

		@GetMapping("/paid")
		Upgrade paid(UpgradeRequest request) {
			return Upgrade.reject(request.path().equals("/paid") ? 402 : 500);
		}

		@GetMapping("/file")
		SendFile file() {
			return SendFile.of("/etc/hostname");
		}

	}

}
