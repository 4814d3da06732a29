package io.iodine.http;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

import io.iodine.ConnectionHandler;
import io.iodine.UpgradeHandler;
import io.iodine.Upgrader;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import org.springframework.web.util.pattern.PatternParseException;

/** Finds the {@code @UpgradeHandler} beans of an application, without making them. */
final class UpgradeEndpoints {

	private final ListableBeanFactory beans;

	private final PathPatternParser parser;

	private final Terms defaults;

	UpgradeEndpoints(ListableBeanFactory beans, PathPatternParser parser, Terms defaults) {
		this.beans = beans;
		this.parser = parser;
		this.defaults = defaults;
	}

	/**
	 * Finds them.
	 * @return every path of every bean, the most specific first
	 * @throws InvalidUpgradeHandlerException when one can't serve
	 */
	List<UpgradeEndpoint> find() {
		List<UpgradeEndpoint> found = new ArrayList<>();
		for (String beanName : this.beans.getBeanNamesForAnnotation(UpgradeHandler.class)) {
			UpgradeHandler annotation = this.beans.findAnnotationOnBean(beanName, UpgradeHandler.class, false);
			if (annotation != null) {
				checkType(beanName);
				endpoints(beanName, annotation).forEach((endpoint) -> add(found, endpoint));
			}
		}
		found.sort(Comparator.comparing(UpgradeEndpoint::pattern, PathPattern.SPECIFICITY_COMPARATOR));
		return List.copyOf(found);
	}

	private List<UpgradeEndpoint> endpoints(String beanName, UpgradeHandler annotation) {
		if (annotation.value().length == 0 || annotation.protocols().length == 0) {
			throw new InvalidUpgradeHandlerException(beanName, "it serves no path, or no protocol",
					"Name at least one path and one protocol in its @UpgradeHandler.");
		}
		List<String> origins = (annotation.allowedOrigins().length == 0) ? this.defaults.allowedOrigins()
				: List.of(annotation.allowedOrigins());
		Terms terms = new Terms(origins, List.of(annotation.subprotocols()),
				annotation.nonBlocking() || this.defaults.nonBlocking(), annotation.overflow());
		List<UpgradeEndpoint> endpoints = new ArrayList<>();
		for (String path : annotation.value()) {
			endpoints.add(new UpgradeEndpoint(this.beans, beanName, parse(beanName, path),
					Set.of(annotation.protocols()), terms));
		}
		return endpoints;
	}

	private PathPattern parse(String beanName, String path) {
		try {
			return this.parser.parse(this.parser.initFullPathPattern(path));
		}
		catch (PatternParseException ex) {
			throw new InvalidUpgradeHandlerException(beanName,
					"its path '" + path + "' is no valid pattern: " + ex.getMessage(),
					"Mend the pattern in its @UpgradeHandler, for example \"/rooms/{id}\".");
		}
	}

	private void checkType(String beanName) {
		Class<?> type = this.beans.getType(beanName);
		if (type != null && !ConnectionHandler.class.isAssignableFrom(type) && !Upgrader.class.isAssignableFrom(type)) {
			throw new InvalidUpgradeHandlerException(beanName,
					"its type " + type.getName() + " is neither a ConnectionHandler nor an Upgrader",
					"Implement io.iodine.ConnectionHandler or io.iodine.Upgrader, or remove @UpgradeHandler.");
		}
	}

	private static void add(List<UpgradeEndpoint> found, UpgradeEndpoint added) {
		found.stream().filter(added::conflictsWith).findFirst().ifPresent((other) -> {
			throw new InvalidUpgradeHandlerException(added.beanName(),
					"it serves the path '" + added.pattern() + "', as does the bean '" + other.beanName() + "'",
					"Give the two different paths, or different protocols.");
		});
		found.add(added);
	}

}
