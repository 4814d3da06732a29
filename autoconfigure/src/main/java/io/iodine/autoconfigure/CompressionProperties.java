package io.iodine.autoconfigure;

import io.iodine.connection.frame.CompressionSettings;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Compression of WebSocket messages, by permessage-deflate.
 *
 * @param enabled Whether messages are compressed for clients that offer it.
 * @param mode Who shares what was compressed. Shared compresses each message once for
 * all, and takes no memory for a connection. Dedicated compresses for each connection
 * with what its messages have in common, and takes about 300 KB for one.
 * @param minSize Size of the smallest message that is compressed.
 * @param level How hard to try, from 1, the fastest, to 9, the smallest.
 */
record CompressionProperties(@DefaultValue("false") boolean enabled,
		@DefaultValue("shared") CompressionSettings.Mode mode, @DefaultValue("256B") DataSize minSize,
		@DefaultValue("6") int level) {

	CompressionProperties {
		InvalidIodinePropertyException.unless(minSize.toBytes() >= 0 && minSize.toBytes() <= Integer.MAX_VALUE,
				"iodine.compression.min-size", minSize, "a size from 0 to 2GB, such as 256B");
		InvalidIodinePropertyException.unless(level >= 1 && level <= 9, "iodine.compression.level", level,
				"a number from 1, the fastest, to 9, the smallest");
	}

	CompressionSettings settings() {
		return new CompressionSettings(this.enabled, this.mode, (int) this.minSize.toBytes(), this.level);
	}

}
