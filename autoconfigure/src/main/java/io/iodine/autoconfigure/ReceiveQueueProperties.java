package io.iodine.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What a connection received and its handler has not yet seen.
 *
 * @param maxMessages Number of unhandled messages of one connection at which reading from
 * it pauses.
 * @param maxSize Size of the unhandled messages of one connection at which reading from
 * it pauses.
 * @param maxTotalSize Size of the unhandled messages of all connections together at which
 * reading from connections that send more pauses. By default an eighth of the maximum
 * heap.
 */
record ReceiveQueueProperties(@DefaultValue("64") int maxMessages, @DefaultValue("1MB") DataSize maxSize,
		@Nullable DataSize maxTotalSize) {

	ReceiveQueueProperties {
		PropertyCheck.positive("iodine.receive-queue.max-messages", maxMessages);
		PropertyCheck.positive("iodine.receive-queue.max-size", maxSize.toBytes());
		PropertyCheck.aboveZero("iodine.receive-queue.max-total-size", maxTotalSize);
	}

	long totalBytes() {
		return (this.maxTotalSize != null) ? this.maxTotalSize.toBytes() : Runtime.getRuntime().maxMemory() / 8;
	}

}
