package io.iodine.pubsub.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.iodine.PubSubEngine;
import io.iodine.PubSubGap;
import io.iodine.pubsub.PubSubObserver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mockito.ArgumentMatchers;
import org.mockito.Mockito;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests for {@link RedisAvailability}. */
@ExtendWith(OutputCaptureExtension.class)
class RedisAvailabilityTests {

	private final PubSubEngine engine = Mockito.mock(PubSubEngine.class);

	private final PubSubObserver observer = Mockito.mock(PubSubObserver.class);

	private final List<PubSubGap> gaps = new ArrayList<>();

	private final RedisAvailability availability = new RedisAvailability(this.engine, OutagePolicy.QUEUE,
			new AclFailures("*"), this.observer, this.gaps::add);

	@Test
	void eachReasonOfAnOutageIsLoggedOnce(CapturedOutput output) {
		this.availability.up(1, false);
		for (int i = 0; i < 3; i++) {
			this.availability.away("refused");
			this.availability.away("WRONGPASS");
		}
		assertThat(output.toString()).containsOnlyOnce("refused").containsOnlyOnce("WRONGPASS");
		assertThat(this.availability.status().detail()).isEqualTo("WRONGPASS");

		this.availability.up(1, false);
		this.availability.away("refused");

		assertThat(output.toString().split("refused", -1)).hasSize(3);
	}

	@Test
	void anOutageIsLoggedWithEightReasonsAtMost(CapturedOutput output) {
		for (int i = 1; i <= 20; i++) {
			this.availability.away("reason " + i + ".");
		}

		assertThat(output.toString()).contains("reason 8.").doesNotContain("reason 9.");
		assertThat(this.availability.status().detail()).isEqualTo("reason 20.");
	}

	@Test
	void anOutageOfSeveralReasonsIsOneGap() {
		this.availability.up(1, false);
		this.availability.away("refused");
		this.availability.away("WRONGPASS");
		this.availability.up(1, false);

		Mockito.verify(this.observer).engineDown(this.engine);
		Mockito.verify(this.observer).engineUp(ArgumentMatchers.eq(this.engine), ArgumentMatchers.any(Duration.class));
		assertThat(this.gaps).hasSize(1);
	}

	@Test
	void aStopIsNoGap() {
		this.availability.away("refused");
		this.availability.stopped();
		this.availability.up(1, false);

		assertThat(this.gaps).isEmpty();
		assertThat(this.availability.isUp()).isTrue();
	}

}
