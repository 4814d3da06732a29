package io.iodine.autoconfigure;

import java.lang.annotation.Annotation;
import java.security.Principal;
import java.time.Duration;

import io.iodine.PubSub;
import io.iodine.UpgradeRequest;
import io.iodine.handler.ErrorMapping;
import io.iodine.handler.ErrorReply;
import io.iodine.handler.InvalidHandlerMethodException;
import io.iodine.handler.PublisherContext;
import io.iodine.handler.RequestArgument;
import io.iodine.security.BearerTokenFilter;
import io.iodine.security.CredentialExpiry;
import io.iodine.security.DeniedOpening;
import io.iodine.security.HandshakeSecurity;
import io.iodine.security.SessionConnections;
import io.iodine.security.WebSessionEnd;
import io.iodine.servlet.ServletBearerTokenFilter;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpSessionListener;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.MethodParameter;
import org.springframework.core.Ordered;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.core.OAuth2Token;
import org.springframework.web.server.session.CookieWebSessionIdResolver;
import org.springframework.web.server.session.WebSessionIdResolver;
import org.springframework.web.servlet.DispatcherServlet;

/** Auto-configures Spring Security for connections. */
@AutoConfiguration(after = IodineConnectionAutoConfiguration.class)
@ConditionalOnClass(SecurityContextHolder.class)
@ConditionalOnWebApplication
@ConditionalOnBooleanProperty(name = "iodine.enabled", matchIfMissing = true)
@EnableConfigurationProperties(IodineSecurityProperties.class)
public final class IodineSecurityAutoConfiguration {

	/** How often sessions in memory that have connections are looked at. */
	private static final Duration SESSION_SWEEP = Duration.ofSeconds(10);

	@Bean
	ErrorMapping iodineSecurityErrors() {
		return IodineSecurityAutoConfiguration::reply;
	}

	@Bean
	DeniedOpening iodineDeniedOpening() {
		return new DeniedOpening();
	}

	@Bean
	RequestArgument.Factory iodineAuthenticationPrincipalArguments() {
		return IodineSecurityAutoConfiguration::argument;
	}

	private static @Nullable ErrorReply reply(Throwable error) {
		if (error instanceof AccessDeniedException) {
			return new ErrorReply(403, "Forbidden", null);
		}
		return (error instanceof AuthenticationException) ? new ErrorReply(401, "Unauthorized", null) : null;
	}

	private static @Nullable RequestArgument argument(MethodParameter parameter) {
		AuthenticationPrincipal annotation = parameter.getParameterAnnotation(AuthenticationPrincipal.class);
		if (annotation == null) {
			for (Annotation candidate : parameter.getParameterAnnotations()) {
				AuthenticationPrincipal found = candidate.annotationType().getAnnotation(AuthenticationPrincipal.class);
				annotation = (found != null) ? found : annotation;
			}
		}
		if (annotation == null) {
			return null;
		}
		if (!annotation.expression().isEmpty()) {
			throw new InvalidHandlerMethodException("its @AuthenticationPrincipal has an expression",
					"Take the principal without an expression.");
		}
		Class<?> type = parameter.getParameterType();
		return (request) -> principal(request, type);
	}

	private static @Nullable Object principal(UpgradeRequest request, Class<?> type) {
		Principal principal = request.principal().orElse(null);
		Object found = (principal instanceof Authentication authentication) ? authentication.getPrincipal() : principal;
		return type.isInstance(found) ? found : null;
	}

	@Bean
	@ConditionalOnBooleanProperty(name = "iodine.security.close-on-expiry", matchIfMissing = true)
	SessionConnections iodineSessionConnections(PubSub pubSub) {
		return new SessionConnections(ProcessChannel.of(pubSub, "sessions"));
	}

	/** How the security context of WebFlux comes to callbacks. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(Mono.class)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
	static class WebFlux {

		@Bean
		HandshakeSecurity iodineHandshakeSecurity() {
			return new HandshakeSecurity();
		}

		@Bean
		@ConditionalOnBooleanProperty(name = "iodine.security.close-on-expiry", matchIfMissing = true)
		WebSessionEnd iodineWebSessionEnd(SessionConnections connections,
				ObjectProvider<WebSessionIdResolver> resolvers) {
			return new WebSessionEnd(connections, resolvers.getIfAvailable(CookieWebSessionIdResolver::new),
					SESSION_SWEEP);
		}

		@Bean
		HandshakeScopes iodineSecurityScopes() {
			return HandshakeSecurity::scope;
		}

	}

	/** What gives a publisher of a typed handler the security context. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ Flux.class, ReactiveSecurityContextHolder.class })
	static class Publishers {

		@Bean
		@ConditionalOnMissingBean
		PublisherContext iodinePublisherContext() {
			return (publisher) -> {
				SecurityContext context = SecurityContextHolder.getContext();
				return (context.getAuthentication() == null) ? publisher : Flux.from((Publisher<?>) publisher)
					.contextWrite(ReactiveSecurityContextHolder.withSecurityContext(Mono.just(context)));
			};
		}

	}

	/** The sessions of servlets. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(HttpSessionListener.class)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
	@ConditionalOnBooleanProperty(name = "iodine.security.close-on-expiry", matchIfMissing = true)
	static class Servlets {

		@Bean
		HttpSessionEnd iodineHttpSessionEnd(SessionConnections connections) {
			return new HttpSessionEnd(connections);
		}

		@Bean
		FilterRegistrationBean<HttpSessionBinding> iodineHttpSessionBinding() {
			FilterRegistrationBean<HttpSessionBinding> registration = new FilterRegistrationBean<>(
					new HttpSessionBinding());
			registration.setOrder(Ordered.LOWEST_PRECEDENCE);
			registration.setAsyncSupported(true);
			return registration;
		}

	}

	/** Tokens that expire. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(OAuth2Token.class)
	static class Tokens {

		@Bean
		@ConditionalOnBooleanProperty(name = "iodine.security.close-on-expiry", matchIfMissing = true)
		CredentialExpiry iodineCredentialExpiry() {
			return new CredentialExpiry();
		}

		@Bean
		@ConditionalOnClass(Mono.class)
		@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
		BearerTokenFilter iodineBearerTokenFilter(IodineSecurityProperties properties) {
			return new BearerTokenFilter(properties.bearerSubprotocol(), properties.bearerCookie());
		}

	}

	/** Tokens that browsers send to a Spring MVC application. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ OAuth2Token.class, DispatcherServlet.class, Filter.class })
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
	static class ServletTokens {

		@Bean
		ServletBearerTokenFilter iodineServletBearerTokenFilter(IodineSecurityProperties properties) {
			return new ServletBearerTokenFilter(properties.bearerSubprotocol(), properties.bearerCookie());
		}

	}

}
