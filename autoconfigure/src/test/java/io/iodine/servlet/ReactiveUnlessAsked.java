package io.iodine.servlet;

import org.springframework.boot.WebApplicationType;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Starts the applications of tests on WebFlux, although Spring MVC is on the class path
 * too, unless a test names the type.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
public final class ReactiveUnlessAsked implements WebApplicationType.Deducer {

	@Override
	public WebApplicationType deduceWebApplicationType() {
		return WebApplicationType.REACTIVE;
	}

}
