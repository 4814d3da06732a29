package io.iodine.connection.frame;

/**
 * Settings of permessage-deflate.
 *
 * @param enabled whether compression is agreed on with clients that offer it
 * @param mode whether connections share what was compressed
 * @param minSize bytes of the smallest message that is compressed
 * @param level from 1, the fastest, to 9, the smallest
 */
public record CompressionSettings(boolean enabled, Mode mode, int minSize, int level) {

	/** No compression. */
	public static final CompressionSettings NONE = new CompressionSettings(false, Mode.SHARED, 0, 6);

	/** Whether connections share what was compressed. */
	public enum Mode {

		/** All connections share it: each message is compressed by itself, once. */
		SHARED,

		/**
		 * None share it: each connection compresses for itself, and refers to its
		 * messages before.
		 */
		DEDICATED

	}

}
