package io.iodine.samples.customengine;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.iodine.Message;
import io.iodine.PubSub;
import io.iodine.PubSubEngine;

/**
 * Stands in front of the engine that was the default, and writes down what it is told.
 * That engine stays attached, so it hears of subscriptions by itself; only publishing
 * goes through here.
 */
final class Reporter implements PubSubEngine {

	private final PubSubEngine next;

	private final List<String> report = new CopyOnWriteArrayList<>();

	Reporter(PubSub pubSub) {
		this.next = pubSub.defaultEngine();
	}

	@Override
	public boolean subscribe(String channel, boolean pattern) {
		return this.report.add("subscribe " + channel);
	}

	@Override
	public boolean unsubscribe(String channel, boolean pattern) {
		return this.report.add("unsubscribe " + channel);
	}

	@Override
	public boolean publish(String channel, Message message) {
		this.report.add("publish " + channel + " " + message.asText());
		return this.next.publish(channel, message);
	}

	List<String> report() {
		return this.report;
	}

}
