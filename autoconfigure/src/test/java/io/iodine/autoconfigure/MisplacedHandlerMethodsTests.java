package io.iodine.autoconfigure;

import io.iodine.ConnectionHandler;
import io.iodine.UpgradeHandler;
import io.iodine.annotation.OnMessage;
import io.iodine.upgrade.InvalidUpgradeHandlerException;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests for {@link MisplacedHandlerMethods}. */
class MisplacedHandlerMethodsTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(JacksonAutoConfiguration.class, PropertyPlaceholderAutoConfiguration.class,
					IodineAutoConfiguration.class, IodinePubSubAutoConfiguration.class));

	@Test
	void aMethodThatDeclaresNoBeanIsNoHandler() {
		failsWith(Called.class, "its method Called.chat has @UpgradeHandler, but declares no bean");
	}

	@Test
	void methodsOfAHandlerNeedOneOnTheirClass() {
		failsWith(Plain.class, "its method Plain.echo is one of a handler, but the bean has no @UpgradeHandler");
	}

	@Test
	void handlersAreAccepted() {
		this.runner.withUserConfiguration(Echo.class, Declared.class)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	private void failsWith(Class<?> bean, String mistake) {
		this.runner.withUserConfiguration(bean)
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOf(InvalidUpgradeHandlerException.class)
				.hasMessage(mistake));
	}

	/** A handler written as a controller would be. */
	static class Called {

		@UpgradeHandler("/chat")
		void chat() {
			// not called
		}

	}

	/** Forgets the path. */
	static class Plain {

		@OnMessage
		String echo(String text) {
			return text;
		}

	}

	@UpgradeHandler("/echo")
	static class Echo extends Plain {

	}

	@Configuration
	static class Declared {

		@Bean
		@UpgradeHandler("/declared")
		ConnectionHandler declared() {
			return new ConnectionHandler() {
			};
		}

		@Bean
		@UpgradeHandler("/typed")
		Plain typed() {
			return new Plain();
		}

	}

}
