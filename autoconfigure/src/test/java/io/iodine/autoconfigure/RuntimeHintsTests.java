package io.iodine.autoconfigure;

import java.util.List;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Subscribe;
import io.iodine.annotation.OnMessage;
import org.junit.jupiter.api.Test;

import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.javapoet.ClassName;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of the hints for native images. */
class RuntimeHintsTests {

	@Test
	void methodsThatAreCalledByReflectionAreKeptWithTheirTypes() throws Exception {
		GenericApplicationContext context = new GenericApplicationContext();
		context.registerBean("subscriber", Subscriber.class);
		context.registerBean("typed", Typed.class);
		context.registerBean("plain", Plain.class);
		DefaultGenerationContext generation = new DefaultGenerationContext(
				new ClassNameGenerator(ClassName.get(RuntimeHintsTests.class)), new InMemoryGeneratedFiles());

		new ApplicationContextAotGenerator().processAheadOfTime(context, generation);

		RuntimeHints hints = generation.getRuntimeHints();
		assertThat(RuntimeHintsPredicates.reflection()
			.onMethodInvocation(Subscriber.class.getDeclaredMethod("heard", Order.class))).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection()
			.onMethodInvocation(Typed.class.getDeclaredMethod("placed", List.class))).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Order.class.getDeclaredMethod("number")))
			.accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection()
			.onMethodInvocation(Plain.class.getMethod("onDrained", Connection.class))).accepts(hints);
	}

	@Test
	void resourcesThatAreLookedUpByNameAreKept() {
		RuntimeHints hints = new RuntimeHints();

		new IodineRuntimeHints().registerHints(hints, getClass().getClassLoader());

		assertThat(RuntimeHintsPredicates.resource().forResource("io/iodine/browser/iodine.js")).accepts(hints);
		assertThat(RuntimeHintsPredicates.resource().forResource("META-INF/spring-configuration-metadata.json"))
			.accepts(hints);
		assertThat(RuntimeHintsPredicates.resource().forResource("templates/news/item.mustache")).accepts(hints);
	}

	static class Subscriber {

		@Subscribe("orders")
		void heard(Order order) {
		}

	}

	static class Typed {

		@OnMessage("order.place")
		List<Order> placed(List<Order> orders) {
			return orders;
		}

	}

	static class Plain implements ConnectionHandler {

		@Override
		public void onDrained(Connection client) {
		}

	}

	record Order(int number) {

	}

}
