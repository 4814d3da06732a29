package io.iodine.samples.customengine;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.iodine.PubSub;
import io.iodine.Subscription;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.NONE, args = "")
class CustomEngineApplicationTests {

	@Autowired
	private PubSub pubSub;

	@Autowired
	private CustomEngineApplication application;

	@Test
	void whatIsPublishedIsReportedAndStillDelivered() throws Exception {
		BlockingQueue<String> heard = new LinkedBlockingQueue<>();
		Subscription subscription = this.pubSub.subscribe("chat", (channel, message) -> heard.add(message.asText()));

		this.pubSub.publish("chat", "hi");

		assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("hi");
		subscription.close();
		assertThat(this.application.report()).endsWith("subscribe chat", "publish chat hi", "unsubscribe chat");
	}

}
