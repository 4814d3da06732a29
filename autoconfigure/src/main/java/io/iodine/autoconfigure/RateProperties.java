package io.iodine.autoconfigure;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How fast clients may send.
 *
 * @param messagesPerSecond Maximum mean number of messages, pings included, that one
 * WebSocket may send in a second, over which it is closed with 1008. 0 means no limit.
 * @param burst Maximum number of messages that one WebSocket may send at once. 0 means
 * those of one second.
 */
record RateProperties(@DefaultValue("0") int messagesPerSecond, @DefaultValue("0") int burst) {

	RateProperties {
		PropertyCheck.zeroOrMore("iodine.rate.messages-per-second", messagesPerSecond);
		PropertyCheck.zeroOrMore("iodine.rate.burst", burst);
	}

	int burstOrSecond() {
		return (this.burst > 0) ? this.burst : this.messagesPerSecond;
	}

}
