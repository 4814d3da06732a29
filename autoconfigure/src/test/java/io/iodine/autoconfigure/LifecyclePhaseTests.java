package io.iodine.autoconfigure;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.mockito.Answers;
import org.mockito.Mockito;

import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of the order in which lifecycles start, and stop in reverse. */
class LifecyclePhaseTests {

	private static final int WEB_SERVER = WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE;

	private static final int GRACEFUL_SHUTDOWN = WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE;

	@Test
	void theRedisEngineStopsBeforeTheClientOfRedisAndAfterTheWebServer() {
		int factory = new LettuceConnectionFactory().getPhase();

		assertThat(phase(RedisEngineLifecycle.class)).isGreaterThan(factory).isLessThan(WEB_SERVER);
	}

	@Test
	void connectionsAreDrainedWhileTheWebServerAndTheTimersStillRun() {
		assertThat(List.of(WEB_SERVER, phase(TimerLifecycle.class), GRACEFUL_SHUTDOWN, phase(ConnectionDrain.class)))
			.isSorted()
			.doesNotHaveDuplicates();
		assertThat(phase(HttpListeners.class)).isEqualTo(GRACEFUL_SHUTDOWN);
	}

	@Test
	void whatAcceptsAndConnectsStopsBeforeConnectionsAreDrained() {
		assertThat(List.of(phase(ConnectionDrain.class), phase(ListenerLifecycle.class), phase(ClientLifecycle.class),
				phase(AcceptLifecycle.class), phase(LifecycleEventPublisher.innermost((event) -> {
				}))))
			.isSorted()
			.doesNotHaveDuplicates();
	}

	@Test
	void theEventLoopsOfSocketsAndTheAccessLogStopLast() {
		assertThat(List.of(phase(SocketLoops.class), phase(LifecycleEventPublisher.outermost((event) -> {
		})), phase(RedisEngineLifecycle.class))).isSorted().doesNotHaveDuplicates();
	}

	private static int phase(SmartLifecycle lifecycle) {
		return lifecycle.getPhase();
	}

	private static int phase(Class<? extends SmartLifecycle> type) {
		return phase(Mockito.mock(type, Answers.CALLS_REAL_METHODS));
	}

}
