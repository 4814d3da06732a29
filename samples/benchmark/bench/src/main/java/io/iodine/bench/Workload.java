package io.iodine.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * One row of the table.
 *
 * @param name its name
 * @param unit what is counted
 * @param port which port of a server, counted from its first
 * @param program the program that makes the load: {@code load} or {@code wrk}
 * @param arguments its arguments
 * @param servers the names of the servers that take part
 */
record Workload(String name, String unit, int port, String program, List<String> arguments, List<String> servers) {

	private static final List<String> ALL = List.of("iodine", "iodine-callbacks", "iodine-io-uring", "netty", "bun",
			"ws", "vertx", "webflux");

	private static final List<String> FANOUT = List.of("iodine", "iodine-io-uring", "netty", "bun", "ws", "vertx",
			"webflux");

	private static final List<String> SERVLETS = List.of("tomcat", "jetty", "spring");

	private static final List<String> SERVLET_FANOUT = List.of("tomcat", "jetty", "spring", "stomp");

	/** Servers whose memory and times for HTTP are compared. */
	private static final List<String> CONTROLLERS = List.of("iodine", "iodine-disabled", "iodine-access-log", "webflux",
			"tomcat", "jetty");

	/** Subscribers of a fan-out with 16 outstanding messages; 0 for another workload. */
	int subscribers() {
		return this.name.matches("fan-\\d+-16") ? Integer.parseInt(this.name.split("-", -1)[1]) : 0;
	}

	private static Workload fanout(int subscribers) {
		return load("fan-" + subscribers + "-16", 0, FANOUT, "fanout", "path=/sub", "size=100",
				"connections=" + subscribers, "window=16");
	}

	private static Workload echo(int connections) {
		return load("echo-64-" + connections, 0, ALL, "echo", "size=64", "connections=" + connections);
	}

	static List<Workload> all() {
		return List.of(echo(1), echo(10), echo(100), echo(1000),
				load("echo-64-100-16", 0, ALL, "echo", "size=64", "connections=100", "window=16"),
				load("echo-4096-100", 0, ALL, "echo", "size=4096", "connections=100"),
				load("fan-1000", 0, FANOUT, "fanout", "path=/sub", "size=100", "connections=1000"), fanout(1),
				fanout(10), fanout(100), fanout(1000), fanout(4000),
				load("sse-1000-16", 0, List.of("iodine", "iodine-io-uring", "vertx", "webflux"), "sse", "path=/sse",
						"size=100", "connections=1000", "window=16"),
				load("raw-64-100", 1, List.of("iodine", "netty"), "raw", "size=64", "connections=100"),
				load("length-64-100", 2, List.of("iodine", "netty"), "length", "size=64", "connections=100"),
				load("mvc-echo-64-100", 0, SERVLETS, "echo", "size=64", "connections=100"),
				load("mvc-fan-1000", 0, SERVLET_FANOUT, "fanout", "path=/sub", "size=100", "connections=1000"),
				load("mvc-fan-1000-16", 0, SERVLET_FANOUT, "fanout", "path=/sub", "size=100", "connections=1000",
						"window=16"),
				load("mvc-sse-1000-16", 0, SERVLETS, "sse", "path=/sse", "size=100", "connections=1000", "window=16"),
				wrk("hello-64", CONTROLLERS, "/hello"), wrk("file-1k-64", List.of("iodine", "nginx"), "/static/1k.txt"),
				wrk("file-1k-gz-64", List.of("iodine", "nginx"), "/static/1k.txt", "-H", "Accept-Encoding: gzip"),
				wrk("file-1k-304-64", List.of("iodine", "nginx"), "/static/1k.txt", "-H", "If-None-Match: *"),
				wrk("file-100k-64", List.of("iodine", "nginx"), "/static/100k.txt"), wrk("file-100k-range-64",
						List.of("iodine", "nginx"), "/static/100k.txt", "-H", "Range: bytes=1000-1999"));
	}

	/** The arguments for a server: subscribers of a broker speak its protocol. */
	List<String> arguments(Server server) {
		return server.name().equals("stomp")
				? this.arguments.stream().map((argument) -> argument.equals("fanout") ? "stomp" : argument).toList()
				: this.arguments;
	}

	private static Workload load(String name, int port, List<String> servers, String... arguments) {
		String unit = name.contains("fan") || name.contains("sse") ? "deliveries/s" : "messages/s";
		return new Workload(name, unit, port, "load", List.of(arguments), servers);
	}

	private static Workload wrk(String name, List<String> servers, String path, String... arguments) {
		List<String> all = new ArrayList<>(List.of(arguments));
		all.add(path);
		return new Workload(name, "requests/s", 0, "wrk", all, servers);
	}

}
