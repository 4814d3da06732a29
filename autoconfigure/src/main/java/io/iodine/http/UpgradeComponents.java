package io.iodine.http;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Function;

import io.iodine.Overflow;
import io.iodine.connection.CallbackScope;
import io.iodine.connection.Connections;
import io.iodine.connection.PingSettings;
import io.iodine.upgrade.UpgradePolicy;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.ContextView;

import org.springframework.context.ApplicationContext;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Creates the filters, mappings and handlers of upgrades in WebFlux, with the same
 * policy.
 */
public final class UpgradeComponents {

	private final UpgradeResponder answers;

	private final Executor callbacks;

	private final UpgradePolicy policy;

	/**
	 * Creates the maker.
	 * @param connections where connections begin
	 * @param callbacks asks upgraders, which may block
	 * @param timeout bounds the wait for an answer that comes later
	 * @param allowedOrigins where browsers may connect from, unless a handler says
	 * otherwise; empty means the same origin only
	 * @param credentials whether pages of other origins may send cookies for event
	 * streams
	 * @param nonBlocking whether all callbacks run on event loops
	 * @param scopes captures what surrounds the callbacks of a connection
	 */
	public UpgradeComponents(Connections connections, Executor callbacks, Duration timeout, List<String> allowedOrigins,
			boolean credentials, boolean nonBlocking, Function<ContextView, CallbackScope> scopes) {
		this.answers = new UpgradeResponder(connections, timeout, credentials, scopes);
		this.callbacks = callbacks;
		this.policy = new UpgradePolicy(allowedOrigins, List.of(), nonBlocking, Overflow.DEFAULT, PingSettings.DEFAULT,
				true);
	}

	/**
	 * The filter before all others.
	 * @param context the context whose requests it sees
	 * @param cors what Spring says about origins
	 * @return the filter
	 */
	public UpgradeFilter filter(ApplicationContext context, SpringCors cors) {
		return new UpgradeFilter(context, this.answers, this.policy, cors);
	}

	/**
	 * The mapping to {@code @UpgradeHandler} beans.
	 * @param parser parses paths, with the settings of the application's own mappings
	 * @return the mapping
	 */
	public UpgradeMapping mapping(PathPatternParser parser) {
		return new UpgradeMapping(this.answers, Schedulers.fromExecutor(this.callbacks), this.policy, parser);
	}

	/**
	 * Answers methods that handlers don't serve.
	 * @param handlers the mapping to handlers
	 * @return the mapping, behind those of the application
	 */
	public UnsupportedMethodMapping unsupportedMethods(UpgradeMapping handlers) {
		return new UnsupportedMethodMapping(handlers);
	}

	/**
	 * Carries out what the mapping found.
	 * @return the adapter
	 */
	public UpgradeHandlerAdapter adapter() {
		return new UpgradeHandlerAdapter();
	}

	/**
	 * Carries out what controllers return.
	 * @param adapters the kinds of publisher they may return
	 * @return the result handler
	 */
	public UpgradeResultHandler resultHandler(ReactiveAdapterRegistry adapters) {
		return new UpgradeResultHandler(this.answers, adapters, this.policy);
	}

}
