package io.iodine.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests for {@link HangUp}. */
class HangUpTests {

	@Test
	void anActionThatFailsStopsNoOther() {
		List<Runnable> registered = new ArrayList<>();
		List<String> done = new ArrayList<>();
		HangUp hangUp = new HangUp(registered::add, List.of(() -> {
			throw new IllegalStateException("expected by this test");
		}, () -> {
			throw new NoClassDefFoundError("expected by this test");
		}, () -> done.add("reopened")));
		hangUp.afterSingletonsInstantiated();

		registered.forEach(Runnable::run);

		assertThat(done).containsExactly("reopened");
	}

}
