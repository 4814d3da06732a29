package io.iodine.samples.mvc;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;

/**
 * Serves the page from {@code static/}, the room from {@link Chat} and the notifications
 * from {@link Notifications}, to users who have logged in.
 */
@SpringBootApplication(proxyBeanMethods = false)
public class MvcApplication {

	/**
	 * Starts the sample.
	 * @param args as for any Spring Boot application
	 */
	public static void main(String[] args) {
		SpringApplication.run(MvcApplication.class, args);
	}

	@Bean
	SecurityFilterChain security(HttpSecurity http) throws Exception {
		return http.authorizeHttpRequests((requests) -> requests.anyRequest().authenticated())
			.formLogin(Customizer.withDefaults())
			.build();
	}

	@Bean
	@SuppressWarnings("deprecation") // passwords of a sample, in plain sight
	UserDetailsService users() {
		return new InMemoryUserDetailsManager(
				User.withDefaultPasswordEncoder().username("ann").password("secret").roles("USER").build(),
				User.withDefaultPasswordEncoder().username("bob").password("secret").roles("USER").build());
	}

}
