package io.iodine.samples.mvc;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.Protocol;
import io.iodine.UpgradeHandler;
import io.iodine.UpgradeRequest;

/**
 * The room: the latest lines at the beginning, and each new one, once the database has
 * it. Callbacks may block, as they do on the database.
 */
@UpgradeHandler(value = "/chat", protocols = Protocol.WEBSOCKET)
class Chat implements ConnectionHandler {

	private final Lines lines;

	Chat(Lines lines) {
		this.lines = lines;
	}

	@Override
	public void onOpen(Connection client) {
		client.subscribe("chat");
		List<Line> latest = new ArrayList<>(this.lines.findTop20ByOrderByIdDesc());
		Collections.reverse(latest);
		latest.forEach((line) -> client.write(line.toString()));
	}

	@Override
	public void onMessage(Connection client, Message message) {
		Line line = this.lines.save(new Line(nameOf(client), message.asText()));
		client.publish("chat", line.toString());
	}

	private static String nameOf(Connection client) {
		return client.request().flatMap(UpgradeRequest::principal).orElseThrow().getName();
	}

}
