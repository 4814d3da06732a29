package io.iodine.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.iodine.connection.CallbackScope;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.integration.Slf4jThreadLocalAccessor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;
import reactor.util.context.Context;
import reactor.util.context.ReactorContextAccessor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link HandshakeContext}.
 */
class HandshakeContextTests {

	private final ThreadLocal<@Nullable String> trace = new ThreadLocal<>();

	private final ContextRegistry registry = new ContextRegistry().registerContextAccessor(new ReactorContextAccessor())
		.registerThreadLocalAccessor("trace", this.trace);

	private final HandshakeContext scopes = new HandshakeContext(this.registry);

	@AfterEach
	void clear() {
		MDC.clear();
		this.trace.remove();
	}

	@Test
	void theTraceOfTheHandshakeIsPresentInCallbacksAndOnlyThere() {
		CallbackScope scope = this.scopes.apply(Context.of("trace", "t1"));
		List<@Nullable String> seen = new ArrayList<>();

		scope.run(() -> seen.add(this.trace.get()));

		assertThat(seen).containsExactly("t1");
		assertThat(this.trace.get()).isNull();
	}

	@Test
	void theMdcOfTheHandshakeIsPresentInCallbacksAndOnlyThere() {
		MDC.put("user", "ann");
		CallbackScope scope = this.scopes.apply(Context.empty());
		MDC.put("user", "bob");
		List<@Nullable String> seen = new ArrayList<>();

		scope.run(() -> seen.add(MDC.get("user")));

		assertThat(seen).containsExactly("ann");
		assertThat(MDC.get("user")).isEqualTo("bob");
	}

	@Test
	void aCallbackThatThrowsLeavesNothingBehind() {
		MDC.put("user", "ann");
		CallbackScope scope = this.scopes.apply(Context.of("trace", "t1"));
		MDC.clear();

		assertThatIllegalStateException().isThrownBy(() -> scope.run(() -> {
			throw new IllegalStateException("of the handler");
		}));

		assertThat(MDC.getCopyOfContextMap()).isNullOrEmpty();
		assertThat(this.trace.get()).isNull();
	}

	@Test
	void anMdcThatIsRegisteredIsCarriedOnce() {
		MDC.put("user", "ann");
		this.registry.registerThreadLocalAccessor(new Slf4jThreadLocalAccessor());
		CallbackScope scope = this.scopes.apply(Context.empty());
		MDC.clear();
		List<@Nullable Map<String, String>> seen = new ArrayList<>();

		scope.run(() -> seen.add(MDC.getCopyOfContextMap()));

		assertThat(seen).containsExactly(Map.of("user", "ann"));
		assertThat(MDC.getCopyOfContextMap()).isNullOrEmpty();
	}

	@Test
	void nothingSurroundsCallbacksWhenThereIsNothingToCarry() {
		assertThat(this.scopes.apply(Context.of("other", "x"))).isSameAs(CallbackScope.NONE);
	}

}
