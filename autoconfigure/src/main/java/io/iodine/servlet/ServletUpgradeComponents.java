package io.iodine.servlet;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import io.iodine.Overflow;
import io.iodine.connection.CallbackScope;
import io.iodine.connection.Connections;
import io.iodine.connection.PingSettings;
import io.iodine.upgrade.UpgradePolicy;

import org.springframework.context.ApplicationContext;
import org.springframework.util.ClassUtils;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Creates the filters, mappings and handlers of upgrades in Spring MVC, with the same
 * policy.
 */
public final class ServletUpgradeComponents {

	private static final String TOMCAT = "org.apache.coyote.http11.upgrade.InternalHttpUpgradeHandler";

	private static final String JETTY = "org.eclipse.jetty.ee11.servlet.ServletApiRequest";

	private final ServletUpgradeResponder responder;

	private final UpgradePolicy policy;

	/**
	 * Creates the parts.
	 * @param connections where connections begin
	 * @param loops serve the sockets
	 * @param timeout bounds the wait for an answer that comes later
	 * @param allowedOrigins where browsers may connect from, unless a handler says
	 * otherwise; empty means the same origin only
	 * @param credentials whether pages of other origins may send cookies for event
	 * streams
	 * @param nonBlocking whether all callbacks run on event loops
	 * @param scopes captures what surrounds the callbacks of a connection, on the thread
	 * of its request
	 */
	public ServletUpgradeComponents(Connections connections, ServletEventLoops loops, Duration timeout,
			List<String> allowedOrigins, boolean credentials, boolean nonBlocking, Supplier<CallbackScope> scopes) {
		this.responder = new ServletUpgradeResponder(connections, loops, takeovers(), timeout, credentials, scopes);
		this.policy = new UpgradePolicy(allowedOrigins, List.of(), nonBlocking, Overflow.DEFAULT, PingSettings.DEFAULT,
				true);
	}

	private static List<SocketTakeover> takeovers() {
		List<SocketTakeover> takeovers = new ArrayList<>();
		if (isPresent(TOMCAT)) {
			takeovers.add(new TomcatTakeover());
		}
		if (isPresent(JETTY)) {
			takeovers.add(new JettyTakeover());
		}
		return List.copyOf(takeovers);
	}

	private static boolean isPresent(String type) {
		return ClassUtils.isPresent(type, ServletUpgradeComponents.class.getClassLoader());
	}

	/**
	 * The filter before all others.
	 * @param cors what Spring says about origins
	 * @return the filter
	 */
	public ServletUpgradeFilter filter(ServletCors cors) {
		return new ServletUpgradeFilter(this.responder, this.policy, cors);
	}

	/**
	 * The mapping to {@code @UpgradeHandler} beans.
	 * @param parser parses paths, with the settings of the application's own mappings
	 * @return the mapping
	 */
	public ServletUpgradeMapping mapping(PathPatternParser parser) {
		ServletUpgradeMapping mapping = new ServletUpgradeMapping(this.responder, this.policy);
		mapping.setPatternParser(parser);
		return mapping;
	}

	/**
	 * Answers methods that handlers don't serve.
	 * @param handlers the mapping to handlers
	 * @return the mapping, behind those of the application
	 */
	public ServletUnsupportedMethodMapping unsupportedMethods(ServletUpgradeMapping handlers) {
		return new ServletUnsupportedMethodMapping(handlers);
	}

	/**
	 * Answers plain requests to the paths of handlers, which nothing else serves.
	 * @param context the context whose requests it answers
	 * @param handlers the mapping to handlers
	 * @return the resolver of the exception that Spring throws for them
	 */
	public ServletUpgradeRequired upgradeRequired(ApplicationContext context, ServletUpgradeMapping handlers) {
		return new ServletUpgradeRequired(context, handlers);
	}

	/**
	 * Carries out what controllers return.
	 * @return the handler
	 */
	public UpgradeReturnValueHandler returnValueHandler() {
		return new UpgradeReturnValueHandler(this.responder, this.policy);
	}

}
