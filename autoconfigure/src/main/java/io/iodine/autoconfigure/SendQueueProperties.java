package io.iodine.autoconfigure;

import io.iodine.Overflow;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What is written to a connection and not yet sent.
 *
 * @param maxMessages Maximum number of messages that wait to be sent on one connection.
 * @param maxSize Maximum size of the messages that wait to be sent on one connection.
 * @param overflow What happens when a client reads too slowly and one of these limits is
 * reached: close, drop-newest, drop-oldest or conflate. A handler may override it.
 * @param maxTotalSize Maximum size of the messages that wait for all slow readers
 * together. Over it, the connections with the most waiting messages are closed with 1013.
 * By default a quarter of the maximum heap.
 */
record SendQueueProperties(@DefaultValue("1024") int maxMessages, @DefaultValue("1MB") DataSize maxSize,
		@DefaultValue("close") Overflow overflow, @Nullable DataSize maxTotalSize) {

	SendQueueProperties {
		overflow = (overflow == Overflow.DEFAULT) ? Overflow.CLOSE : overflow;
		PropertyCheck.positive("iodine.send-queue.max-messages", maxMessages);
		PropertyCheck.positive("iodine.send-queue.max-size", maxSize.toBytes());
		PropertyCheck.aboveZero("iodine.send-queue.max-total-size", maxTotalSize);
	}

	long totalBytes() {
		return (this.maxTotalSize != null) ? this.maxTotalSize.toBytes() : Runtime.getRuntime().maxMemory() / 4;
	}

}
