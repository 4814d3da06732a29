package io.iodine.autoconfigure;

import java.nio.ByteOrder;

import io.iodine.Framer;
import org.jspecify.annotations.Nullable;

/** Names of framers in properties. */
enum FramerName {

	/** What one read brought. */
	RAW,

	/** Lines. */
	LINE,

	/** A delimiter after each message. */
	DELIMITER,

	/** The length before each message, 8 bytes, little-endian. */
	LENGTH_PREFIXED,

	/** The same, with messages in parts, as they are read. */
	LENGTH_PREFIXED_PARTS,

	/** The length before each message, 4 bytes, big-endian. */
	LENGTH_PREFIXED_INT32;

	void check(String name, @Nullable String delimiter) {
		boolean wanted = this == DELIMITER;
		InvalidIodinePropertyException.unless(wanted == (delimiter != null && !delimiter.isEmpty()),
				name + ".delimiter", (delimiter != null) ? delimiter : "not set",
				wanted ? "what ends a message, such as ; or \\r\\n" : "left out, unless the framer is delimiter");
	}

	Framer framer(@Nullable String delimiter) {
		return switch (this) {
			case RAW -> Framer.raw();
			case LINE -> Framer.line();
			case DELIMITER -> Framer.delimiter((delimiter != null) ? delimiter.translateEscapes() : "");
			case LENGTH_PREFIXED -> Framer.lengthPrefixed();
			case LENGTH_PREFIXED_PARTS -> Framer.lengthPrefixed().inParts();
			case LENGTH_PREFIXED_INT32 -> Framer.lengthPrefixed(Integer.BYTES, ByteOrder.BIG_ENDIAN);
		};
	}

}
