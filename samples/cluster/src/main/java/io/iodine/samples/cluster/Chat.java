package io.iodine.samples.cluster;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.UpgradeHandler;
import io.iodine.WorkerInfo;

/** Tells each client which process serves it, and hands on what it says to all. */
@UpgradeHandler("/chat")
class Chat implements ConnectionHandler {

	private final WorkerInfo info;

	Chat(WorkerInfo info) {
		this.info = info;
	}

	@Override
	public void onOpen(Connection client) {
		client.subscribe("chat");
		client.writeJson(new Served(this.info.worker(), this.info.generation(), ProcessHandle.current().pid()));
	}

	@Override
	public void onMessage(Connection client, Message message) {
		client.publishJson("chat", new Said(this.info.worker(), message.asText()));
	}

	/** Which process serves a client. */
	record Served(int worker, int generation, long pid) {
	}

	/** What a client of a process said. */
	record Said(int from, String text) {
	}

}
