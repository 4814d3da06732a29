package io.iodine.docs;

import io.iodine.net.ClientCustomizer;

import org.springframework.context.annotation.Bean;

/** The code of {@code docs/clients.md}. */
final class ClientExamples {

	private ClientExamples() {
	}

	/** Gives tokens. */
	interface TokenService {

		String token();

	}

	static class Configuration {

		// tag::customizer[]
		@Bean
		ClientCustomizer bearerToken(TokenService tokens) {
			return (name, options) -> name.equals("feed") ? options.header("Authorization", "Bearer " + tokens.token())
					: options;
		}
		// end::customizer[]

	}

}
