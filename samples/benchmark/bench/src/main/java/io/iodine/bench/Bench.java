package io.iodine.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import org.springframework.boot.SpringApplication;

/**
 * Starts the servers on one processor, loads each in turn from another, and prints a
 * table. {@code netty}, {@code vertx} and {@code webflux} start a peer instead,
 * {@code soak FOLDER MINUTES} a long run of one server.
 */
public final class Bench {

	private static final int FIRST_PORT = 18400;

	private static final int PORTS = 10;

	private static final List<String> JVM = List.of("-XX:+UseSerialGC", "-Xms512m", "-Xmx512m");

	private final Path folder;

	private final Path java;

	private final int rounds;

	private final double seconds;

	private final Map<String, Server> servers = Collections.synchronizedMap(new LinkedHashMap<>());

	private Bench(Path folder) {
		this.folder = folder;
		this.java = Path.of(System.getProperty("java.home"), "bin", "java");
		this.rounds = Integer.getInteger("bench.rounds", 5);
		this.seconds = Double.parseDouble(System.getProperty("bench.seconds", "3"));
	}

	/**
	 * Runs the benchmark.
	 * @param arguments the folder that {@code samples/benchmark/run} has prepared, then
	 * the regular expression of workloads, and the one of servers
	 * @throws Exception when a server or a load fails
	 */
	public static void main(String[] arguments) throws Exception {
		switch (arguments[0]) {
			case "netty" -> NettyPeer.start(Integer.parseInt(port()));
			case "vertx" -> VertxPeer.start(Integer.parseInt(port()));
			case "webflux" -> SpringApplication.run(WebFluxPeer.class, "--server.address=127.0.0.1",
					"--server.port=" + port(), "--spring.main.banner-mode=off");
			case "soak" -> {
				Bench bench = new Bench(Path.of(arguments[1]));
				Soak.run(bench.folder, Duration.ofMinutes(Long.parseLong(arguments[2])),
						bench.java("-jar", bench.folder.resolve("benchmark.jar").toString()), FIRST_PORT);
			}
			default ->
				new Bench(Path.of(arguments[0])).run(Pattern.compile(arguments[1]), Pattern.compile(arguments[2]));
		}
	}

	private static String port() {
		return Objects.requireNonNull(System.getenv("PORT"), "PORT is not set");
	}

	private void run(Pattern workloads, Pattern names) throws Exception {
		List<Workload> chosen = Workload.all()
			.stream()
			.filter((workload) -> workloads.matcher(workload.name()).matches())
			.toList();
		// after an interruption too
		Runtime.getRuntime().addShutdownHook(new Thread(() -> this.servers.values().forEach(Server::close)));
		commands().forEach((name, command) -> {
			if (names.matcher(name).matches()
					&& chosen.stream().anyMatch((workload) -> workload.servers().contains(name))) {
				start(name, command);
			}
		});
		for (Server server : this.servers.values()) {
			server.awaitPort();
		}
		measure(chosen);
		if (workloads.matcher(IdleMemory.NAME).matches()) {
			measureIdleMemory(IdleMemory.SERVERS, names);
		}
		else if (workloads.matcher(IdleMemory.SERVLETS_NAME).matches()) {
			measureIdleMemory(IdleMemory.SERVLETS, names);
		}
	}

	private void measureIdleMemory(List<String> servers, Pattern names) throws IOException, InterruptedException {
		this.servers.values().forEach(Server::close);
		IdleMemory memory = new IdleMemory();
		Map<String, List<String>> commands = commands();
		commands.keySet().retainAll(servers);
		commands.keySet().removeIf((name) -> !names.matcher(name).matches());
		int port = FIRST_PORT + PORTS * this.servers.size();
		for (int round = 0; round < this.rounds; round++) {
			for (Map.Entry<String, List<String>> command : commands.entrySet()) {
				port++;
				try (Server server = Server.start(command.getKey(), port, this.folder, Map.of(), command.getValue())) {
					server.awaitPort();
					memory.measure(server);
				}
			}
		}
		Files.writeString(this.folder.resolve("memory.md"), memory.markdown());
		new PrintStream(System.out, true, StandardCharsets.UTF_8).println(memory.markdown());
	}

	/** The commands that start the servers that can be had. */
	private Map<String, List<String>> commands() {
		Map<String, List<String>> commands = new LinkedHashMap<>();
		putJar(commands, "iodine", "benchmark.jar");
		putJar(commands, "iodine-callbacks", "benchmark.jar", "--echo.blocking=true");
		putJar(commands, "iodine-disabled", "benchmark.jar", "--iodine.enabled=false");
		putJar(commands, "iodine-access-log", "benchmark.jar", "--iodine.access-log.enabled=true",
				"--iodine.access-log.target=file", "--iodine.access-log.file=" + this.folder.resolve("access.log"));
		if (Files.isDirectory(this.folder.resolve("io_uring"))) {
			commands.put("iodine-io-uring", java("-cp", this.folder.resolve("benchmark.jar").toString(),
					"-Dloader.path=" + this.folder.resolve("io_uring"),
					"org.springframework.boot.loader.launch.PropertiesLauncher", "--iodine.transport=io-uring"));
		}
		putJar(commands, "netty", "bench.jar", "netty");
		putJar(commands, "vertx", "bench.jar", "vertx");
		putJar(commands, "webflux", "bench.jar", "webflux");
		putJar(commands, "iodine-compression", "benchmark.jar", "--iodine.compression.enabled=true");
		putJar(commands, "iodine-history", "benchmark.jar", "--iodine.pubsub.history.channels=benchmark");
		putJar(commands, "tomcat", "benchmark-mvc.jar");
		putJar(commands, "jetty", "benchmark-mvc-jetty.jar");
		putJar(commands, "spring", "peers.jar");
		putJar(commands, "stomp", "peers.jar", "--peer=stomp");
		putIfPresent(commands, "bun", "node_modules/.bin/bun", "bun.js");
		putIfPresent(commands, "ws", "node_modules/ws/package.json", "ws.mjs");
		putIfPresent(commands, "nginx", "nginx.conf", "");
		return commands;
	}

	private void putJar(Map<String, List<String>> commands, String name, String jar, String... arguments) {
		Path file = this.folder.resolve(jar);
		if (Files.exists(file)) {
			List<String> command = java("-jar", file.toString());
			command.addAll(List.of(arguments));
			commands.put(name, command);
		}
	}

	private List<String> java(String... arguments) {
		List<String> command = new ArrayList<>(List.of(this.java.toString()));
		command.addAll(JVM);
		command.addAll(List.of(arguments));
		return command;
	}

	private void putIfPresent(Map<String, List<String>> commands, String name, String needed, String script) {
		Path file = this.folder.resolve(needed);
		if (Files.exists(file)) {
			commands.put(name, switch (name) {
				case "nginx" -> List.of("nginx", "-p", this.folder.toString(), "-c", file.toString());
				case "bun" -> List.of(file.toString(), script);
				default -> List.of("node", script);
			});
		}
	}

	private void start(String name, List<String> command) {
		int port = FIRST_PORT + PORTS * this.servers.size();
		List<String> all = new ArrayList<>(command);
		if (name.equals("iodine") || name.equals("iodine-callbacks")) {
			all.addAll(listener("raw", port + 1, "raw"));
			all.addAll(listener("length", port + 2, "length-prefixed"));
		}
		if (name.equals("nginx")) {
			fillIn("nginx.conf", port);
		}
		Map<String, String> environment = Map.of("WWW", this.folder.resolve("www").toString());
		this.servers.put(name, Server.start(name, port, this.folder, environment, all));
	}

	private static List<String> listener(String name, int port, String framer) {
		String prefix = "--iodine.listeners." + name + ".";
		return List.of(prefix + "url=tcp://127.0.0.1:" + port, prefix + "handler=rawEcho", prefix + "framer=" + framer);
	}

	private void fillIn(String file, int port) {
		try {
			String text = Files.readString(this.folder.resolve(file));
			Files.writeString(this.folder.resolve(file),
					text.replace("PORT", String.valueOf(port)).replace("WWW", this.folder.resolve("www").toString()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void measure(List<Workload> workloads) throws Exception {
		PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
		Path raw = this.folder.resolve("raw.jsonl");
		Files.writeString(raw, "");
		for (Workload workload : workloads) {
			for (Server server : of(workload)) {
				load(workload, server, Double.parseDouble(System.getProperty("bench.warm-up", "8")));
			}
		}
		Table table = new Table();
		for (int round = 1; round <= this.rounds; round++) {
			for (Workload workload : workloads) {
				for (Server server : of(workload)) {
					Round result = load(workload, server, this.seconds);
					table.add(workload, server.name(), result, server.residentBytes());
					String line = "{\"workload\":\"%s\",\"server\":\"%s\",\"round\":%d,\"result\":%s}%n"
						.formatted(workload.name(), server.name(), round, result.raw());
					Files.writeString(raw, line, StandardOpenOption.APPEND);
				}
			}
			out.println("round " + round + " of " + this.rounds);
		}
		Files.writeString(this.folder.resolve("table.md"), table.markdown());
		out.println(table.markdown());
	}

	private List<Server> of(Workload workload) {
		return workload.servers().stream().filter(this.servers::containsKey).map(this.servers::get).toList();
	}

	private Round load(Workload workload, Server server, double time) throws IOException, InterruptedException {
		List<String> command = new ArrayList<>(List.of("taskset", "-c", "1"));
		int port = server.port() + workload.port();
		if (workload.program().equals("load")) {
			command.add(this.folder.resolve("load").toString());
			command.addAll(workload.arguments(server));
			command.addAll(List.of("port=" + port, "pid=" + server.pid(), "seconds=" + time, "warm-up=0.5"));
			return Round.ofLoad(output(command));
		}
		// wrk takes whole seconds; the first requests of a JVM may take more than its 2 s
		int whole = Math.max(1, (int) Math.round(time));
		int last = workload.arguments().size() - 1;
		command.addAll(List.of("wrk", "--latency", "--timeout", "10s", "-t1", "-c64", "-d" + whole + "s"));
		command.addAll(workload.arguments().subList(0, last));
		command.add("http://127.0.0.1:" + port + workload.arguments().get(last));
		double before = server.cpuSeconds();
		String text = output(command);
		return Round.ofWrk(text, server.cpuSeconds() - before, whole);
	}

	static String output(List<String> command) throws IOException, InterruptedException {
		Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
		String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
			throw new IllegalStateException(command + " failed: " + text);
		}
		return text;
	}

}
