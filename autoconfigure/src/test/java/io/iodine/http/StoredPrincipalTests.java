package io.iodine.http;

import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.iodine.Overflow;
import io.iodine.Upgrade;
import io.iodine.connection.PingSettings;
import io.iodine.upgrade.RequestSnapshot;
import io.iodine.upgrade.UpgradePolicy;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentMatchers;
import org.mockito.Mockito;
import reactor.core.publisher.Mono;

import org.springframework.core.MethodParameter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.server.ServerWebExchange;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of the principal when a mapping of the application comes before ours. */
class StoredPrincipalTests {

	private static final UpgradePolicy POLICY = new UpgradePolicy(List.of(), List.of(), true, Overflow.DEFAULT,
			PingSettings.DEFAULT, true);

	private static final Principal ADA = () -> "ada";

	@Test
	void itIsStoredBeforeTheResultOfAControllerIsCarriedOut() throws NoSuchMethodException {
		ServerWebExchange exchange = MockServerWebExchange
			.from(MockServerHttpRequest.get("/").header("Accept", "text/event-stream"));
		RequestSnapshot snapshot = ExchangeSource.snapshot(exchange, new SpringCors(List.of(), List.of()));
		List<Optional<String>> names = new ArrayList<>();
		UpgradeResponder answers = Mockito.mock(UpgradeResponder.class);
		Mockito.when(answers.write(ArgumentMatchers.any(), ArgumentMatchers.any(), ArgumentMatchers.any()))
			.thenAnswer((call) -> {
				names.add(snapshot.principal().map(Principal::getName));
				return Mono.empty();
			});
		MethodParameter type = new MethodParameter(getClass().getDeclaredMethod("controller"), -1);

		new UpgradeResultHandler(answers, ReactiveAdapterRegistry.getSharedInstance(), POLICY)
			.handleResult(exchange.mutate().principal(Mono.just(ADA)).build(),
					new HandlerResult(this, controller(), type))
			.block();

		assertThat(names).containsExactly(Optional.of("ada"));
	}

	private Upgrade controller() {
		return Upgrade.reject(403);
	}

}
