package io.iodine.autoconfigure;

import io.iodine.connection.frame.CompressionSettings;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Compression of WebSocket messages, by permessage-deflate.
 *
 * @param enabled Whether to compress WebSocket messages for clients that offer
 * permessage-deflate.
 * @param mode Whether connections share compressed messages. Shared compresses each
 * message once for all connections and needs no memory for each. Dedicated compresses for
 * each connection, with a window over its earlier messages, and needs about 300 KB for
 * each.
 * @param minSize Minimum size of a message to be compressed.
 * @param level Compression level, from 1, the fastest, to 9, the smallest.
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
