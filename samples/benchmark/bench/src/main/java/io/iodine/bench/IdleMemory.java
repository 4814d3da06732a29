package io.iodine.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an idle connection keeps of the heap. Each figure needs a server of its own, whose
 * caches are empty: a container keeps the buffers of connections that have ended.
 */
final class IdleMemory {

	static final String NAME = "idle";

	static final List<String> SERVERS = List.of("iodine", "iodine-callbacks", "iodine-compression", "iodine-history",
			"webflux");

	static final String SERVLETS_NAME = "mvc-idle";

	static final List<String> SERVLETS = List.of("tomcat", "jetty", "spring");

	private static final int WARM_UP = 50;

	private static final int CONNECTIONS = 1000;

	private static final Pattern TOTAL = Pattern.compile("Total\\s+\\d+\\s+(\\d+)");

	private final Map<String, List<Double>> webSockets = new LinkedHashMap<>();

	private final Map<String, List<Double>> streams = new LinkedHashMap<>();

	/**
	 * Opens connections to a server that has just started, and counts its live objects.
	 */
	void measure(Server server) throws IOException, InterruptedException {
		List<Socket> open = new ArrayList<>();
		try {
			open(server, true, WARM_UP, open);
			open(server, false, WARM_UP, open);
			add(this.webSockets, server, true, open);
			add(this.streams, server, false, open);
		}
		finally {
			for (Socket socket : open) {
				socket.close();
			}
		}
	}

	private static void add(Map<String, List<Double>> to, Server server, boolean webSocket, List<Socket> open)
			throws IOException, InterruptedException {
		long before = liveBytes(server.pid());
		open(server, webSocket, CONNECTIONS, open);
		double bytes = (liveBytes(server.pid()) - before) / (double) CONNECTIONS;
		to.computeIfAbsent(server.name(), (name) -> new ArrayList<>()).add(bytes);
	}

	private static void open(Server server, boolean webSocket, int count, List<Socket> to) throws IOException {
		String request = "GET " + (webSocket ? "/sub" : "/sse") + " HTTP/1.1\r\nHost: 127.0.0.1:" + server.port()
				+ "\r\n"
				+ (webSocket ? "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
						+ "Sec-WebSocket-Key: AAECAwQFBgcICQoLDA0ODw==\r\n"
						+ "Sec-WebSocket-Extensions: permessage-deflate\r\n" : "Accept: text/event-stream\r\n")
				+ "\r\n";
		for (int i = 0; i < count; i++) {
			Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
			to.add(socket);
			socket.setSoTimeout(20_000);
			socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
			String status = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
			if (!status.endsWith(webSocket ? "101" : "200")) {
				throw new IllegalStateException(server.name() + " answered " + status);
			}
		}
	}

	/** The size of all objects after a collection of garbage. */
	private static long liveBytes(long pid) throws IOException, InterruptedException {
		String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
		Matcher total = TOTAL.matcher(Bench.output(List.of(jcmd, String.valueOf(pid), "GC.class_histogram")));
		if (!total.find()) {
			throw new IllegalStateException("no histogram of " + pid);
		}
		return Long.parseLong(total.group(1));
	}

	/** Medians and ranges. */
	String markdown() {
		StringBuilder table = new StringBuilder("| idle | WebSocket | event stream |\n|---|---|---|\n");
		this.webSockets.keySet()
			.forEach((name) -> table.append("| ")
				.append(name)
				.append(" | ")
				.append(cell(this.webSockets.getOrDefault(name, List.of())))
				.append(" | ")
				.append(cell(this.streams.getOrDefault(name, List.of())))
				.append(" |\n"));
		return table.toString();
	}

	private static String cell(List<Double> bytes) {
		return String.format(Locale.ROOT, "%.1f [%.1f–%.1f] KB", Table.median(bytes, Double::doubleValue) / 1000,
				bytes.stream().mapToDouble(Double::doubleValue).min().orElse(0) / 1000,
				bytes.stream().mapToDouble(Double::doubleValue).max().orElse(0) / 1000);
	}

}
