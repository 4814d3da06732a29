package io.iodine.servlet;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import jakarta.servlet.http.HttpServletRequest;

import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.CorsConfigurationSource;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;
import org.springframework.web.servlet.config.annotation.CorsRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.util.ServletRequestPathUtils;

/**
 * What the application's configuration of CORS says about a request: the mappings of
 * Spring MVC from {@code addCorsMappings}, and the {@link CorsConfigurationSource} beans,
 * of which Spring Security has one.
 */
public final class ServletCors {

	private final List<CorsConfigurationSource> sources;

	/**
	 * Reads the configuration.
	 * @param configurers have the mappings of Spring MVC
	 * @param sources have others; none may ask handler mappings, which ask this class
	 */
	public ServletCors(List<WebMvcConfigurer> configurers, List<CorsConfigurationSource> sources) {
		Mappings mappings = new Mappings();
		configurers.forEach((configurer) -> configurer.addCorsMappings(mappings));
		UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
		source.setCorsConfigurations(mappings.getCorsConfigurations());
		this.sources = new ArrayList<>(sources);
		this.sources.add(source);
	}

	List<CorsConfiguration> of(HttpServletRequest request) {
		if (ServletRequestPathUtils.hasParsedRequestPath(request)) {
			return find(request);
		}
		ServletRequestPathUtils.parseAndCache(request);
		try {
			return find(request);
		}
		finally {
			// the dispatcher parses the path that filters leave
			ServletRequestPathUtils.clearParsedRequestPath(request);
		}
	}

	private List<CorsConfiguration> find(HttpServletRequest request) {
		List<CorsConfiguration> found = new ArrayList<>();
		for (CorsConfigurationSource source : this.sources) {
			CorsConfiguration configuration = source.getCorsConfiguration(request);
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
