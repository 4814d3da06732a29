package io.iodine.autoconfigure;

import io.iodine.ConnectionHandler;
import io.iodine.UpgradeHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jetty.reactive.JettyReactiveWebServerFactory;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.reactive.ReactiveWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.willReturn;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link UnservedHandlers}.
 */
@ExtendWith(OutputCaptureExtension.class)
class UnservedHandlersTests {

	private static final AutoConfigurations OURS = AutoConfigurations.of(IodineAutoConfiguration.class,
			IodinePubSubAutoConfiguration.class, IodineWebServerAutoConfiguration.class,
			IodineConnectionAutoConfiguration.class, IodineUpgradeAutoConfiguration.class);

	@Test
	void anApplicationWithoutAServerIsWarnedOnceOfTheHandlersThatNobodyServes(CapturedOutput output) {
		new ApplicationContextRunner().withConfiguration(OURS)
			.withUserConfiguration(Handlers.class)
			.run((context) -> assertThat(output).containsOnlyOnce("No web server can serve the @UpgradeHandler beans [")
				.contains("UnservedHandlersTests$Chat")
				.contains("news"));
	}

	@Test
	void anApplicationWithoutWebFluxIsWarned(CapturedOutput output) {
		new ApplicationContextRunner().withConfiguration(OURS)
			.withClassLoader(new FilteredClassLoader("org.springframework.web.reactive", "reactor.netty"))
			.withUserConfiguration(Handlers.class)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(output).containsOnlyOnce("No web server can serve");
			});
	}

	@Test
	void theWarningComesWithLazyInitializationToo(CapturedOutput output) {
		new ApplicationContextRunner().withConfiguration(OURS)
			.withUserConfiguration(Handlers.class)
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> assertThat(output).containsOnlyOnce("No web server can serve"));
	}

	@Test
	void webFluxOnAnotherServerIsWarnedOf(CapturedOutput output) {
		ListableBeanFactory beans = mock(ListableBeanFactory.class);
		given(beans.getBeanNamesForAnnotation(UpgradeHandler.class)).willReturn(new String[] { "chat" });
		given(beans.containsBean("iodineUpgradeMapping")).willReturn(true);
		given(beans.getBeanNamesForType(ReactiveWebServerFactory.class, true, false))
			.willReturn(new String[] { "server" });
		willReturn(JettyReactiveWebServerFactory.class, NettyReactiveWebServerFactory.class).given(beans)
			.getType("server");

		new UnservedHandlers(beans).afterSingletonsInstantiated();
		assertThat(output).containsOnlyOnce("No web server can serve the @UpgradeHandler beans [chat]");
		new UnservedHandlers(beans).afterSingletonsInstantiated();
		assertThat(output).containsOnlyOnce("No web server can serve the @UpgradeHandler beans [chat]");
	}

	@Test
	void withoutHandlersNothingIsSaid(CapturedOutput output) {
		new ApplicationContextRunner().withConfiguration(OURS)
			.run((context) -> assertThat(output).doesNotContain("No web server can serve"));
	}

	@Configuration(proxyBeanMethods = false)
	@Import(Chat.class)
	static class Handlers {

		@Bean
		@UpgradeHandler("/news")
		ConnectionHandler news() {
			return new ConnectionHandler() {
			};
		}

	}

	@UpgradeHandler("/chat")
	static class Chat implements ConnectionHandler {

	}

}
