package io.iodine.conformance;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** Runs the suites, and writes the table. Takes about fifteen minutes. */
class ConformanceTests {

	private static final Path FOLDER = Path.of(System.getProperty("suites"));

	private static final Pattern ESCAPES = Pattern.compile("\u001b\\[[0-9;]*m");

	private static final int H2SPEC_RUNS = 3;

	private static final Map<String, String> TABLE = new TreeMap<>();

	@ParameterizedTest
	@CsvSource({ "reactor-netty, Reactor Netty", "tomcat, Tomcat", "jetty, Jetty" })
	void everyAutobahnCasePasses(String jar, String name) throws IOException {
		String run = "autobahn-" + jar;
		Files.writeString(FOLDER.resolve("wstest.py"), """
				import sys
				sys.path.insert(0, sys.argv[1])
				from autobahntestsuite import choosereactor
				from autobahntestsuite.wstest import run
				sys.argv = ['wstest', '--mode', 'fuzzingclient', '--spec', sys.argv[2]]
				run()
				""");

		try (Program server = Program.server(jar, FOLDER, run + "-server", Map.of())) {
			Files.writeString(FOLDER.resolve(run + ".json"), """
					{"options": {"failByDrop": false}, "outdir": "./%s", "cases": ["*"], "exclude-cases": [],
					"exclude-agent-cases": {}, "servers": [{"agent": "iodine", "url": "ws://127.0.0.1:%d/echo",
					"options": {"version": 18}}]}
					""".formatted(run, server.port()));
			run(run, Duration.ofMinutes(60), Program.java(), "-cp", FOLDER.resolve("jython.jar").toString(),
					"org.python.util.jython", "wstest.py", FOLDER.resolve("autobahn").toString(), run + ".json");
		}

		JsonNode cases = JsonMapper.shared()
			.readTree(Files.readString(FOLDER.resolve(run).resolve("index.json")))
			.path("iodine");
		Map<String, Long> counts = cases.valueStream()
			.collect(Collectors.groupingBy((result) -> result.path("behavior").asString(), TreeMap::new,
					Collectors.counting()));
		TABLE.put("Autobahn 0.5.6 on " + name, cases.size() + " cases | " + counts);
		List<String> failed = new ArrayList<>();
		cases.forEachEntry((id, result) -> {
			// what the connection did, and how it was closed
			for (String behavior : List.of("behavior", "behaviorClose")) {
				if (!Set.of("OK", "INFORMATIONAL").contains(result.path(behavior).asString())) {
					failed.add(id + " " + behavior + " " + result.path(behavior).asString());
				}
			}
		});
		assertThat(cases.size()).isEqualTo(301);
		assertThat(failed).isEmpty();
	}

	@Test
	void http2FailsNothingThatReactorNettyPasses() {
		Set<String> ours = new TreeSet<>();
		Set<String> plain = new TreeSet<>();
		// whether an answer or the next frame comes first is not always the same: as many
		// runs of each, and what failed in any of them
		for (int i = 0; i < H2SPEC_RUNS; i++) {
			ours.addAll(h2spec("h2spec"));
			plain.addAll(h2spec("h2spec-plain", "--iodine.enabled=false"));
		}

		TABLE.put("h2spec 2.2.0", "145 cases | " + ours.size() + " fail, of plain Reactor Netty " + plain.size());
		assertThat(plain).containsAll(ours);
	}

	private static Set<String> h2spec(String name, String... arguments) {
		run("unpack", Duration.ofMinutes(1), "tar", "xzf", "h2spec/2.2.0/h2spec_linux_amd64.tar.gz", "-C",
				"h2spec/2.2.0");
		List<String> settings = new ArrayList<>(List.of(arguments));
		settings.add("--server.http2.enabled=true");
		try (Program server = Program.server("reactor-netty", FOLDER, name + "-server", Map.of(),
				settings.toArray(String[]::new))) {
			// a server that had no processor for the 2 s of the default would fail a case
			String output = run(name, Duration.ofMinutes(10), "h2spec/2.2.0/h2spec", "-o", "10", "-h", "127.0.0.1",
					"-p", String.valueOf(server.port()), "-P", "/hello");
			assertThat(output).contains("145 tests");
			return failures(output);
		}
	}

	/** Runs a program to its end, and answers what it printed. */
	private static String run(String name, Duration atMost, String... command) {
		try (Program program = Program.start(FOLDER, name, List.of(command))) {
			assertThat(program.await(atMost)).as(name + " ends").isTrue();
			return ESCAPES.matcher(program.output()).replaceAll("");
		}
	}

	/** The sections and names of what failed, from the first report of each case. */
	private static Set<String> failures(String output) {
		Set<String> failures = new TreeSet<>();
		String section = "";
		for (String line : output.lines().toList()) {
			String text = line.strip();
			if (text.equals("Failures:")) {
				break;
			}
			if (text.matches("\\d[0-9.]*\\.? .*")) {
				section = text;
			}
			else if (text.startsWith("×")) {
				failures.add(section + " " + text);
			}
		}
		return failures;
	}

	// a slow reader notices that it was reset when it has read its own receive buffer, so
	// it must not be too slow
	@ParameterizedTest
	@CsvSource({ "headers, -H -t GET, /hello", "bodies, -B -t POST, /hello",
			"reading, -X -w 512 -y 1024 -n 5 -z 256, /static/large" })
	void slowClientsAreGoneWithinTheDeadlineWhileOthersAreServed(String mode, String options, String path)
			throws IOException {
		Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/slowhttptest")), "slowhttptest is not installed");
		Path www = Files.createDirectories(FOLDER.resolve("www"));
		try (RandomAccessFile large = new RandomAccessFile(www.resolve("large").toFile(), "rw")) {
			large.setLength(64L << 20);
		}
		String output;
		try (Program server = Program.server("reactor-netty", FOLDER, "slow-" + mode + "-server",
				Map.of("WWW", www.toString()))) {
			List<String> command = new ArrayList<>(List.of("slowhttptest", "-c", "500", "-i", "5", "-r", "200", "-p",
					"5", "-l", "100", "-u", "http://127.0.0.1:" + server.port() + path));
			command.addAll(List.of(options.split(" ", -1)));
			output = run("slow-" + mode, Duration.ofMinutes(3), command.toArray(String[]::new));
		}

		Matcher end = Pattern.compile("Test ended on (\\d+)").matcher(output);
		boolean ended = end.find();
		boolean available = !output.matches("(?s).*service available:\\s+NO.*");
		TABLE.put("slowhttptest, slow " + mode,
				"500 clients | "
						+ (ended && output.contains("No open connections left")
								? "all gone after " + end.group(1) + " s" : "not all gone")
						+ ", service available " + (available ? "throughout" : "not always"));
		assertThat(output).contains("No open connections left");
		assertThat(available).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "JDK, HTTP", "JDK, listener", "OpenSSL, HTTP", "OpenSSL, listener" })
	void testsslReportsNothingOfRankMediumOrAbove(String provider, String server) throws IOException {
		Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/testssl")), "testssl.sh is not installed");
		String name = "testssl-" + provider + "-" + server;
		Keys keys = Keys.create(FOLDER);
		Path report = FOLDER.resolve(name + ".json");
		Files.deleteIfExists(report);
		int port = Program.freePort();
		String[] settings = { "--server.ssl.certificate=" + keys.certificate(),
				"--server.ssl.certificate-private-key=" + keys.privateKey(),
				"--iodine.listeners.raw.url=tls://127.0.0.1:" + port, "--iodine.listeners.raw.handler=rawEcho",
				"--iodine.listeners.raw.tls.certificate=" + keys.certificate(),
				"--iodine.listeners.raw.tls.private-key=" + keys.privateKey() };
		List<Path> openSsl = provider.equals("JDK") ? List.of()
				: List.of(FOLDER.resolve("tcnative-classes.jar"), FOLDER.resolve("tcnative.jar"));
		try (Program application = Program.server("reactor-netty", FOLDER, name + "-server", openSsl, settings)) {
			List<String> command = new ArrayList<>(List.of("testssl", "--quiet", "--color", "0", "--warnings", "batch",
					"--nodns", "none", "--ip", "127.0.0.1", "--add-ca", keys.authority().toString(),
					"--openssl-timeout", "20", "--jsonfile", report.toString()));
			if (server.equals("HTTP")) {
				command.add("--assume-http");
			}
			command.add("localhost:" + (server.equals("HTTP") ? application.port() : port));
			run(name, Duration.ofMinutes(30), command.toArray(String[]::new));
		}

		JsonNode findings = JsonMapper.shared().readTree(Files.readString(report));
		List<String> bad = findings.valueStream()
			// headers such as Content-Security-Policy are for the application to choose
			.filter((finding) -> !finding.path("id").asString().equals("security_headers"))
			.filter((finding) -> Set.of("MEDIUM", "HIGH", "CRITICAL", "FATAL", "WARN")
				.contains(finding.path("severity").asString()))
			.map((finding) -> finding.path("severity").asString() + " " + finding.path("id").asString() + ": "
					+ finding.path("finding").asString())
			.toList();
		TABLE.put("testssl.sh 3.0, TLS of " + provider + ", " + (server.equals("HTTP") ? server : "raw " + server),
				findings.size() + " findings | " + bad.size() + " of rank MEDIUM or above");
		assertThat(findings.valueStream().map((finding) -> finding.path("id").asString())).contains("TLS1_3", "ROBOT",
				"scanTime");
		assertThat(bad).isEmpty();
	}

	@AfterAll
	static void writeTheTable() throws IOException {
		Path page = Path.of(System.getProperty("table"));
		Files.write(page, ConformancePage.update(Files.readAllLines(page), TABLE));
	}

}
