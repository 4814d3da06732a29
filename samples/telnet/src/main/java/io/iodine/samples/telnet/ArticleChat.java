package io.iodine.samples.telnet;

import java.util.ArrayList;
import java.util.List;

import io.iodine.Message;
import io.iodine.net.EventLoop;
import io.iodine.net.EventServer;
import io.iodine.net.EventStream;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.stereotype.Component;

/** The chat server of the article "Event loops demystified". */
@Component
class ArticleChat implements ApplicationRunner {

	private final EventLoop loop;

	private final int port;

	private final List<EventStream> clients = new ArrayList<>();

	private int clientId;

	ArticleChat(EventLoop loop, @Value("${telnet.article-port}") int port) {
		this.loop = loop;
		this.port = port;
	}

	@Override
	public void run(ApplicationArguments arguments) {
		add(this.loop.listen("127.0.0.1", this.port));
		Thread thread = new Thread(this.loop::start, "article");
		thread.setDaemon(true);
		thread.start();
	}

	void add(EventServer server) {
		server.on("accept", (stream) -> addClient((EventStream) stream[0]));
	}

	private void addClient(EventStream stream) {
		int id = ++this.clientId;
		send("User #" + id + " joined\n");
		stream.on("data", (chunk) -> send("User #" + id + " said: " + ((Message) chunk[0]).asText()));
		stream.on("close", (nothing) -> {
			this.clients.remove(stream);
			send("User #" + id + " left");
		});
		this.clients.add(stream);
	}

	private void send(String text) {
		this.clients.forEach((stream) -> stream.write(text));
	}

}
