package io.iodine.upgrade;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.iodine.ConnectionHandler;
import io.iodine.UpgradeHandler;
import io.iodine.Upgrader;
import io.iodine.connection.PingSettings;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.format.datetime.standard.DurationFormatterUtils;
import org.springframework.util.StringUtils;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import org.springframework.web.util.pattern.PatternParseException;

/** Finds the {@code @UpgradeHandler} beans of an application without creating them. */
public final class UpgradeEndpoints {

	/** A token of RFC 9110, section 5.6.2. */
	private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

	private static final Pattern VARIABLE = Pattern.compile("\\{\\*?(\\w+)");

	private static final Duration MAX_PING = Duration.ofHours(24);

	private final ApplicationContext beans;

	private final PathPatternParser parser;

	private final UpgradePolicy defaults;

	/**
	 * Creates the finder.
	 * @param beans the application
	 * @param parser parses path patterns, as it does for the mappings of the application
	 * @param defaults applies where an annotation says nothing
	 */
	public UpgradeEndpoints(ApplicationContext beans, PathPatternParser parser, UpgradePolicy defaults) {
		this.beans = beans;
		this.parser = parser;
		this.defaults = defaults;
	}

	/**
	 * Finds them.
	 * @return the routes to every path of every bean
	 * @throws InvalidUpgradeHandlerException when one can't serve
	 */
	public UpgradeRoutes find() {
		List<UpgradeEndpoint> found = new ArrayList<>();
		List<String> names = List.of(this.beans.getBeanNamesForAnnotation(UpgradeHandler.class));
		for (String beanName : names) {
			UpgradeHandler annotation = this.beans.findAnnotationOnBean(beanName, UpgradeHandler.class, false);
			if (annotation != null && !names.contains(proxyOf(beanName))) {
				endpoints(beanName, annotation).forEach((endpoint) -> add(found, endpoint));
			}
		}
		found.sort(Comparator.comparing(UpgradeEndpoint::pattern, PathPattern.SPECIFICITY_COMPARATOR));
		return new UpgradeRoutes(List.copyOf(found));
	}

	/**
	 * The scoped proxy in front of a bean, by whose name the bean itself is not known to
	 * the application.
	 */
	private static String proxyOf(String beanName) {
		return ScopedProxyUtils.isScopedTarget(beanName) ? ScopedProxyUtils.getOriginalBeanName(beanName) : "";
	}

	private List<UpgradeEndpoint> endpoints(String beanName, UpgradeHandler annotation) {
		if (annotation.value().length == 0 || annotation.protocols().length == 0) {
			throw new InvalidUpgradeHandlerException(beanName, "it serves no path, or no protocol",
					"Name at least one path and one protocol in its @UpgradeHandler.");
		}
		List<String> origins = resolved(beanName, "allowedOrigins", annotation.allowedOrigins());
		origins.forEach((origin) -> checkOrigin(beanName, origin));
		List<String> subprotocols = resolved(beanName, "subprotocols", annotation.subprotocols());
		subprotocols.forEach((subprotocol) -> checkSubprotocol(beanName, subprotocol));
		UpgradePolicy policy = new UpgradePolicy(origins.isEmpty() ? this.defaults.allowedOrigins() : origins,
				subprotocols, annotation.nonBlocking() || this.defaults.nonBlocking(), annotation.overflow(),
				pings(beanName, annotation), annotation.compression());
		List<String> paths = Stream.of(annotation.value()).map((value) -> resolve(beanName, "value", value)).toList();
		Upgrader adapter = adapter(beanName, variables(paths));
		List<UpgradeEndpoint> endpoints = new ArrayList<>();
		for (String path : paths) {
			endpoints.add(new UpgradeEndpoint(this.beans, beanName, parse(beanName, path),
					Set.of(annotation.protocols()), policy, adapter));
		}
		return endpoints;
	}

	/** The variables that all paths have. */
	private static Set<String> variables(List<String> paths) {
		Set<String> common = new HashSet<>();
		for (String path : paths) {
			Set<String> own = VARIABLE.matcher(path)
				.results()
				.map((variable) -> variable.group(1))
				.collect(Collectors.toSet());
			if (path.equals(paths.get(0))) {
				common.addAll(own);
			}
			common.retainAll(own);
		}
		return common;
	}

	private PingSettings pings(String beanName, UpgradeHandler annotation) {
		return new PingSettings(duration(beanName, "pingInterval", annotation.pingInterval(), true),
				duration(beanName, "pingTimeout", annotation.pingTimeout(), false));
	}

	private Optional<Duration> duration(String beanName, String attribute, String text, boolean mayBeZero) {
		String resolved = resolve(beanName, attribute, text);
		if (resolved.isEmpty()) {
			return Optional.empty();
		}
		try {
			Duration duration = DurationFormatterUtils.detectAndParse(resolved);
			if (!duration.isNegative() && (mayBeZero || !duration.isZero()) && duration.compareTo(MAX_PING) <= 0) {
				return Optional.of(duration);
			}
		}
		catch (IllegalArgumentException ex) {
			// refused below, with the rest
		}
		throw new InvalidUpgradeHandlerException(beanName,
				"its " + attribute + " '" + resolved + "' is not a valid time from 0 to 24 hours",
				"Write a time such as \"25s\" or \"PT25S\" in its @UpgradeHandler; pingInterval = \"0s\" means never.");
	}

	/** Resolves placeholders; one that stands for a list becomes its elements. */
	private List<String> resolved(String beanName, String attribute, String[] values) {
		return Stream.of(values)
			.map((value) -> resolve(beanName, attribute, value))
			.flatMap((value) -> Stream.of(StringUtils.tokenizeToStringArray(value, ",")))
			.toList();
	}

	private String resolve(String beanName, String attribute, String value) {
		try {
			return this.beans.getEnvironment().resolveRequiredPlaceholders(value);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidUpgradeHandlerException(beanName,
					"the " + attribute + " of its @UpgradeHandler, \"" + value + "\", can't be resolved: "
							+ ex.getMessage(),
					"Set the property, or give the placeholder a default, as in \"${ws.path:/chat}\".");
		}
	}

	private static void checkOrigin(String beanName, String origin) {
		if (!Origins.isValid(origin)) {
			throw new InvalidUpgradeHandlerException(beanName,
					"its allowed origin '" + origin + "' is no origin and would match nothing",
					"Write origins with their scheme, such as https://example.com or https://*.example.com, or *.");
		}
	}

	private static void checkSubprotocol(String beanName, String subprotocol) {
		if (!TOKEN.matcher(subprotocol).matches()) {
			throw new InvalidUpgradeHandlerException(beanName,
					"its subprotocol '" + subprotocol + "' has characters that no client can offer",
					"Name it with letters, digits and punctuation such as \"v1.chat\" (RFC 6455, section 4.1).");
		}
	}

	private PathPattern parse(String beanName, String path) {
		try {
			return this.parser.parse(this.parser.initFullPathPattern(path));
		}
		catch (PatternParseException ex) {
			throw new InvalidUpgradeHandlerException(beanName,
					"its path '" + path + "' is no valid pattern: " + ex.getMessage(),
					"Correct the pattern in its @UpgradeHandler, for example \"/rooms/{id}\".");
		}
	}

	private @Nullable Upgrader adapter(String beanName, Set<String> variables) {
		Class<?> type = type(beanName);
		if (type == null) {
			return null;
		}
		Optional<Upgrader> adapter = this.beans.getBeanProvider(EndpointAdapter.class)
			.orderedStream()
			.flatMap((adapters) -> adapters.adapt(beanName, type, variables).stream())
			.findFirst();
		boolean serves = ConnectionHandler.class.isAssignableFrom(type) || Upgrader.class.isAssignableFrom(type);
		if (adapter.isEmpty() && !serves) {
			throw new InvalidUpgradeHandlerException(beanName,
					"its type " + type.getName()
							+ " is neither a ConnectionHandler nor an Upgrader, and has no annotated methods",
					"Implement io.iodine.ConnectionHandler or io.iodine.Upgrader, annotate a method with"
							+ " @OnOpen or @OnMessage, or remove @UpgradeHandler.");
		}
		if (adapter.isPresent() && serves) {
			throw new InvalidUpgradeHandlerException(beanName,
					"its type " + type.getName()
							+ " has annotated methods, but is a ConnectionHandler or an Upgrader too",
					"Remove the annotations of its methods, or the interface.");
		}
		return adapter.orElse(null);
	}

	private @Nullable Class<?> type(String beanName) {
		if (this.beans.getAutowireCapableBeanFactory() instanceof ConfigurableListableBeanFactory factory
				&& factory.containsBeanDefinition(beanName)) {
			String target = ScopedProxyUtils.getTargetBeanName(beanName);
			return AutoProxyUtils.determineTargetClass(factory,
					factory.containsBeanDefinition(target) ? target : beanName);
		}
		return this.beans.getType(beanName);
	}

	private static void add(List<UpgradeEndpoint> found, UpgradeEndpoint added) {
		found.stream().filter(added::conflictsWith).findFirst().ifPresent((other) -> {
			throw new InvalidUpgradeHandlerException(
					added.beanName(), "it serves the path '" + added.pattern() + "', as does the bean '"
							+ other.beanName() + "' by '" + other.pattern() + "'",
					"Give the two different paths, or different protocols.");
		});
		found.add(added);
	}

}
