package io.iodine.pubsub;

import java.util.concurrent.atomic.AtomicInteger;

import io.iodine.Message;
import io.iodine.RecordedLog;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** A receiver that fails costs the other receivers of a channel nothing. */
class DirectReceiverTests {

	@ParameterizedTest
	@ValueSource(classes = { IllegalStateException.class, OutOfMemoryError.class, StackOverflowError.class })
	void aFailureIsLoggedAndCountedAndGoesNoFurther(Class<? extends Throwable> failure) throws Exception {
		Throwable thrown = failure.getDeclaredConstructor(String.class).newInstance("expected by this test");
		AtomicInteger failed = new AtomicInteger();
		DirectReceiver receiver = new DirectReceiver((channel, message) -> sneaky(thrown), () -> 1,
				new PubSubObserver() {

					@Override
					public void listenerFailed() {
						failed.incrementAndGet();
					}

				});

		try (RecordedLog log = new RecordedLog(DirectReceiver.class)) {
			receiver.receive("chat", Message.text("x"));

			assertThat(log.lines()).containsExactly("ERROR A direct listener failed on a message of channel 'chat'");
		}
		assertThat(failed).hasValue(1);
	}

	@SuppressWarnings({ "unchecked", "TypeParameterUnusedInFormals" })
	private static <T extends Throwable> void sneaky(Throwable thrown) throws T {
		throw (T) thrown;
	}

}
