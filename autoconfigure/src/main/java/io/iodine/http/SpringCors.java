package io.iodine.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.reactive.CorsConfigurationSource;
import org.springframework.web.cors.reactive.UrlBasedCorsConfigurationSource;
import org.springframework.web.reactive.config.CorsRegistry;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.server.ServerWebExchange;

/**
 * What the application's configuration of CORS says about a request: that of WebFlux by
 * {@code addCorsMappings}, and every {@link CorsConfigurationSource} bean, of which
 * Spring Security has one.
 */
public final class SpringCors {

	private final List<CorsConfigurationSource> sources;

	/**
	 * Reads the configuration.
	 * @param configurers have the mappings of WebFlux
	 * @param sources have others
	 */
	public SpringCors(List<WebFluxConfigurer> configurers, List<CorsConfigurationSource> sources) {
		this.sources = new ArrayList<>(sources);
		this.sources.add(mappings(configurers));
	}

	/**
	 * Reads the mappings of WebFlux.
	 * @param configurers have them
	 * @return the configuration by path
	 */
	public static CorsConfigurationSource mappings(List<WebFluxConfigurer> configurers) {
		Mappings mappings = new Mappings();
		configurers.forEach((configurer) -> configurer.addCorsMappings(mappings));
		UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
		source.setCorsConfigurations(mappings.getCorsConfigurations());
		return source;
	}

	List<CorsConfiguration> of(ServerWebExchange exchange) {
		List<CorsConfiguration> found = new ArrayList<>();
		for (CorsConfigurationSource source : this.sources) {
			CorsConfiguration configuration = source.getCorsConfiguration(exchange);
			if (configuration != null) {
				found.add(configuration);
			}
		}
		return found;
	}

	/** Makes the mappings visible. */
	private static final class Mappings extends CorsRegistry {

		@Override
		protected Map<String, CorsConfiguration> getCorsConfigurations() {
			return super.getCorsConfigurations();
		}

	}

}
