package io.iodine.autoconfigure;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.core.io.ResourceLoader;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

/** An application with files, and a socket to ask it. */
final class FileServer implements AutoCloseable {

	static final String WEB_SECURITY = "org.springframework.boot.security.autoconfigure.web.reactive.ReactiveWebSecurityAutoConfiguration";

	static final String MANAGEMENT_SECURITY = "org.springframework.boot.security.autoconfigure.actuate.web.reactive.ReactiveManagementWebSecurityAutoConfiguration";

	static final String USER_DETAILS = "org.springframework.boot.security.autoconfigure.ReactiveUserDetailsServiceAutoConfiguration";

	static final String APPLICATION = "the application";

	private final ConfigurableApplicationContext context;

	private FileServer(ConfigurableApplicationContext context) {
		this.context = context;
	}

	static FileServer start(String... properties) {
		return start(List.of(Application.class), properties);
	}

	static FileServer serving(Path root, String... properties) {
		List<String> all = new ArrayList<>(List.of(properties));
		all.add("iodine.static.root=" + root);
		return start(all.toArray(String[]::new));
	}

	static FileServer start(ResourceLoader resources, String... properties) {
		return start(List.of(Application.class), resources, properties);
	}

	static FileServer start(List<Class<?>> sources, String... properties) {
		// or else a management server would be one of Jetty, which is on the class path
		// too
		ClassLoader withoutServlets = new FilteredClassLoader("org.apache.catalina", "org.eclipse.jetty");
		return start(sources, new DefaultResourceLoader(withoutServlets), properties);
	}

	private static FileServer start(List<Class<?>> sources, ResourceLoader resources, String... properties) {
		SpringApplicationBuilder builder = new SpringApplicationBuilder(sources.toArray(Class<?>[]::new))
			.resourceLoader(resources)
			.web(WebApplicationType.REACTIVE)
			.properties("server.port=0", "server.address=127.0.0.1", "spring.main.banner-mode=off",
					"logging.level.root=warn", "spring.jmx.enabled=false")
			.properties(properties);
		return new FileServer(builder.run());
	}

	ConfigurableApplicationContext context() {
		return this.context;
	}

	int port() {
		return this.context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
	}

	Socket connect() throws IOException {
		Socket socket = new Socket(InetAddress.getLoopbackAddress(), port());
		socket.setSoTimeout(30_000);
		return socket;
	}

	/** One request on a connection of its own. */
	Answer get(String target, String... headers) throws IOException {
		return send("GET", target, headers);
	}

	Answer send(String method, String target, String... headers) throws IOException {
		try (Socket socket = connect()) {
			return exchange(socket, method, target, headers);
		}
	}

	static Answer exchange(Socket socket, String method, String target, String... headers) throws IOException {
		write(socket, request(method, target, headers));
		return read(socket.getInputStream(), method.equals("HEAD"));
	}

	static String request(String method, String target, String... headers) {
		return method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n"
				+ String.join("", Arrays.stream(headers).map((header) -> header + "\r\n").toList()) + "\r\n";
	}

	static void write(Socket socket, String bytes) throws IOException {
		socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
		socket.getOutputStream().flush();
	}

	static Answer read(InputStream in, boolean isHead) throws IOException {
		String statusLine = line(in);
		Map<String, String> headers = new TreeMap<>();
		for (String line = line(in); !line.isEmpty(); line = line(in)) {
			int colon = line.indexOf(':');
			headers.merge(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip(),
					(one, other) -> one + ", " + other);
		}
		int status = Integer.parseInt(statusLine.split(" ", 3)[1]);
		boolean bodiless = isHead || status == 304 || status == 204;
		byte[] body = bodiless ? new byte[0] : body(in, headers);
		return new Answer(status, headers, new String(body, StandardCharsets.ISO_8859_1));
	}

	private static byte[] body(InputStream in, Map<String, String> headers) throws IOException {
		String length = headers.get("content-length");
		if (length != null) {
			byte[] body = in.readNBytes(Integer.parseInt(length));
			if (body.length < Integer.parseInt(length)) {
				throw new EOFException("the body ends after " + body.length + " of " + length + " bytes");
			}
			return body;
		}
		ByteArrayOutputStream body = new ByteArrayOutputStream();
		if ("chunked".equals(headers.get("transfer-encoding"))) {
			for (int size = chunkSize(in); size > 0; size = chunkSize(in)) {
				body.write(in.readNBytes(size));
				line(in);
			}
			line(in);
		}
		else {
			in.transferTo(body);
		}
		return body.toByteArray();
	}

	private static int chunkSize(InputStream in) throws IOException {
		return Integer.parseInt(line(in), 16);
	}

	private static String line(InputStream in) throws IOException {
		ByteArrayOutputStream line = new ByteArrayOutputStream();
		for (int c = in.read(); c != '\n'; c = in.read()) {
			if (c < 0) {
				throw new EOFException("the connection ends in the head, after '" + line + "'");
			}
			line.write(c);
		}
		return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
	}

	@Override
	public void close() {
		this.context.close();
	}

	/**
	 * A response.
	 *
	 * @param status the status
	 * @param headers by lower-case name
	 * @param body each byte a character
	 */
	record Answer(int status, Map<String, String> headers, String body) {

		@Nullable String header(String name) {
			return this.headers.get(name);
		}

	}

	/** Answers what no file answers. */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(excludeName = { WEB_SECURITY, MANAGEMENT_SECURITY, USER_DETAILS })
	static class Application {

		/** Holds the answer to /held back. */
		final CountDownLatch gate = new CountDownLatch(1);

		@Bean
		RouterFunction<ServerResponse> application() {
			return RouterFunctions.route().GET("/held", (request) -> Mono.fromCallable(() -> {
				this.gate.await();
				return "held";
			}).subscribeOn(Schedulers.boundedElastic()).flatMap(ServerResponse.ok()::bodyValue))
				.POST("/**", (request) -> ServerResponse.ok().bodyValue("posted"))
				.route(RequestPredicates.all(),
						(request) -> ServerResponse.status(HttpStatus.NOT_FOUND).bodyValue(APPLICATION))
				.build();
		}

	}

}
