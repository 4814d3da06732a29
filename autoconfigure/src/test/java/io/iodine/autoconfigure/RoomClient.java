package io.iodine.autoconfigure;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.iodine.autoconfigure.ClusterOfProcesses.Who;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/** A WebSocket in the room of {@link ClusterProgram}. */
final class RoomClient implements WebSocket.Listener {

	private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

	private final CompletableFuture<Integer> closed = new CompletableFuture<>();

	private final WebSocket socket;

	private final Who who;

	private RoomClient(int port) throws Exception {
		this.socket = HttpClient.newHttpClient()
			.newWebSocketBuilder()
			.buildAsync(URI.create("ws://127.0.0.1:" + port + "/follow"), this)
			.get(60, TimeUnit.SECONDS);
		this.who = Who.parse(next());
	}

	/** Connects until two workers have one each. */
	static List<RoomClient> ofAllWorkers(int port) throws Exception {
		List<RoomClient> clients = new ArrayList<>();
		while (clients.size() < 2) {
			RoomClient client = new RoomClient(port);
			if (clients.stream().anyMatch((other) -> other.who.worker() == client.who.worker())) {
				client.socket.abort();
			}
			else {
				clients.add(client);
			}
		}
		return clients;
	}

	/** Which worker serves it. */
	Who who() {
		return this.who;
	}

	void say(String text) {
		this.socket.sendText(text, true).join();
	}

	String next() throws InterruptedException {
		String next = this.heard.poll(60, TimeUnit.SECONDS);
		assertThat(next).as("what arrives in time").isNotNull();
		return next;
	}

	CompletableFuture<Integer> closed() {
		return this.closed;
	}

	@Override
	public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
		this.heard.add(data.toString());
		from.request(1);
		return null;
	}

	@Override
	public @Nullable CompletionStage<?> onClose(WebSocket from, int status, String reason) {
		this.closed.complete(status);
		return null;
	}

}
