package io.iodine.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.PubSub;
import io.iodine.Subscribe;
import io.iodine.UpgradeHandler;
import io.iodine.connection.RawPeer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application that is started again in the same process, by a class loader of its own
 * each time, as spring-boot-devtools does: the classes of the application are new, those
 * of the library stay.
 */
class RestartTests {

	private static final int STARTS = 2;

	@ParameterizedTest
	@ValueSource(strings = { "netty", "tomcat", "jetty" })
	void eachStartServesTheClassesOfItsOwnLoaderOnTheSamePort(String server) throws Exception {
		int port = 0;
		for (int i = 0; i < STARTS; i++) {
			RestartLoader loader = new RestartLoader(RestartTests.class.getClassLoader());
			try (ConfigurableApplicationContext context = start(loader, server, port)) {
				port = context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
				try (RawPeer peer = new RawPeer(port)) {
					peer.handshake("/echo").expect(101);
					peer.text("hello");

					assertThat(peer.frame()).hasToString("text hello from " + System.identityHashCode(loader));
					context.getBean(PubSub.class).publish("news", "published");
					assertThat(peer.frame()).hasToString("text published from " + System.identityHashCode(loader));
					peer.send(RawPeer.closeFrame(1000, ""));
					assertThat(peer.frame()).hasToString("close 1000");
				}
			}
		}
	}

	private static ConfigurableApplicationContext start(RestartLoader loader, String server, int port)
			throws ReflectiveOperationException {
		Thread thread = Thread.currentThread();
		ClassLoader before = thread.getContextClassLoader();
		thread.setContextClassLoader(loader);
		try {
			Method main = loader.loadClass(Application.class.getName())
				.getDeclaredMethod("start", String.class, int.class);
			return (ConfigurableApplicationContext) main.invoke(null, server, port);
		}
		catch (InvocationTargetException ex) {
			throw new IllegalStateException("The start failed", ex.getCause());
		}
		finally {
			thread.setContextClassLoader(before);
		}
	}

	/** Defines the classes of the application anew. */
	private static final class RestartLoader extends ClassLoader {

		RestartLoader(ClassLoader parent) {
			super(parent);
		}

		@Override
		protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
			if (!name.startsWith(Application.class.getName())) {
				return super.loadClass(name, resolve);
			}
			synchronized (getClassLoadingLock(name)) {
				Class<?> loaded = findLoadedClass(name);
				return (loaded != null) ? loaded : define(name);
			}
		}

		private Class<?> define(String name) throws ClassNotFoundException {
			try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
				if (in == null) {
					throw new ClassNotFoundException(name);
				}
				byte[] bytes = in.readAllBytes();
				return defineClass(name, bytes, 0, bytes.length);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

	/** The application, public because another loader's class can't see less. */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(excludeName = {
			"org.springframework.boot.security.autoconfigure.web.reactive.ReactiveWebSecurityAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.actuate.web.reactive.ReactiveManagementWebSecurityAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.ReactiveUserDetailsServiceAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration" })
	@Import({ Application.Echo.class, Application.Listener.class })
	public static class Application {

		/**
		 * Starts the application.
		 * @param server the web server
		 * @param port the port, 0 for any
		 * @return its context
		 */
		public static ConfigurableApplicationContext start(String server, int port) {
			SpringApplication application = new SpringApplication(Application.class);
			application.setWebApplicationType(
					server.equals("netty") ? WebApplicationType.REACTIVE : WebApplicationType.SERVLET);
			application.setRegisterShutdownHook(false);
			return application.run("--test.server=" + server, "--server.port=" + port, "--server.address=127.0.0.1",
					"--spring.main.banner-mode=off", "--logging.level.root=warn", "--spring.jmx.enabled=false");
		}

		/** Echoes what it hears, and tells which class loader it is from. */
		@UpgradeHandler("/echo")
		public static class Echo implements ConnectionHandler {

			@Override
			public void onOpen(Connection client) {
				client.subscribe("echoes");
			}

			@Override
			public void onMessage(Connection client, Message message) {
				client.write(signed(message.asText()));
			}

			static String signed(String text) {
				return text + " from " + System.identityHashCode(Echo.class.getClassLoader());
			}

		}

		/** Passes on what is published. */
		public static class Listener {

			private final PubSub pubSub;

			/**
			 * Creates the listener.
			 * @param pubSub where it publishes
			 */
			public Listener(PubSub pubSub) {
				this.pubSub = pubSub;
			}

			@Subscribe("news")
			void hear(String text) {
				this.pubSub.publish("echoes", Echo.signed(text));
			}

		}

	}

}
