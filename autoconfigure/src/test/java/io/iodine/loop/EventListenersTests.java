package io.iodine.loop;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests for {@link EventListeners}. */
class EventListenersTests {

	private final EventListeners listeners = new EventListeners();

	private final List<Object> heard = new ArrayList<>();

	@Test
	void anErrorOfAListenerStopsNoOtherAndIsAnEvent() {
		AssertionError failure = new AssertionError("expected by this test");
		this.listeners.add("data", (arguments) -> {
			throw failure;
		});
		this.listeners.add("data", (arguments) -> this.heard.add(arguments[0]));
		this.listeners.add("error", (arguments) -> {
			this.heard.add(arguments[0]);
			throw new AssertionError("expected by this test, too");
		});

		this.listeners.emit("data", "bytes");

		assertThat(this.heard).containsExactly(failure, "bytes");
	}

}
