package io.iodine.connection.frame;

import java.util.zip.Deflater;
import java.util.zip.Inflater;

import io.iodine.Message;
import org.jspecify.annotations.Nullable;

/**
 * Creates compressors and readers, and shares their pools among the connections of a
 * server. Any thread.
 */
public final class CompressionFactory {

	private static final int NARROWEST = 8;

	private static final int WIDEST = 15;

	private static final byte[] NOTHING = {};

	/** At most so many threads compress at a time, about. */
	private static final int POOLED = 2 * Runtime.getRuntime().availableProcessors();

	private final CompressionSettings settings;

	private final ZlibPool<Deflater> deflaters;

	private final ZlibPool<Inflater> inflaters = new ZlibPool<>(() -> new Inflater(true), Inflater::reset,
			Inflater::end, POOLED);

	private final SharedCompressor compressor;

	/** By the window in bits: a message that fits into it refers to nothing outside. */
	private final Framing[] shared = new Framing[WIDEST + 1];

	/**
	 * Creates the factory.
	 * @param settings the settings of compression
	 */
	public CompressionFactory(CompressionSettings settings) {
		this.settings = settings;
		this.deflaters = new ZlibPool<>(() -> new Deflater(settings.level(), true), Deflater::reset, Deflater::end,
				POOLED);
		SharedCompressor compressor = new SharedCompressor(this.deflaters);
		this.compressor = compressor;
		for (int bits = NARROWEST; bits <= WIDEST; bits++) {
			this.shared[bits] = new CompressedWebSocketFraming(compressor, settings.minSize(),
					(bits < WIDEST) ? 1 << bits : Integer.MAX_VALUE);
		}
	}

	/**
	 * Returns the framing of messages to a WebSocket client.
	 * @param agreed the parameters of compression; null for none
	 * @return the framing, to be disposed of
	 */
	public Framing framing(@Nullable DeflateParameters agreed) {
		if (agreed == null) {
			return WebSocketFraming.INSTANCE;
		}
		return agreed.serverTakeover() ? new CompressedWebSocketFraming(new DedicatedCompressor(this.settings.level()),
				this.settings.minSize(), Integer.MAX_VALUE) : this.shared[agreed.serverWindow()];
	}

	/**
	 * Creates the reader of a WebSocket client's messages.
	 * @param agreed the parameters of compression
	 * @param maxMessageSize bytes of the largest message
	 * @param listener receives the messages
	 * @return the reader
	 */
	public FrameReader reader(DeflateParameters agreed, int maxMessageSize, FrameListener listener) {
		return new WebSocketReader(listener, maxMessageSize, inflation(agreed, maxMessageSize));
	}

	/**
	 * Creates the reader of the compressed messages of a WebSocket's server, none of
	 * which refers to those before.
	 * @param maxMessageSize bytes of the largest message
	 * @param listener receives the messages
	 * @return the reader
	 */
	public FrameReader clientReader(int maxMessageSize, FrameListener listener) {
		return new WebSocketReader(listener, maxMessageSize,
				new MessageDecompressor(this.inflaters, MessageDecompressor.Context.NONE, maxMessageSize), true);
	}

	/** What a client sends of a message, its own copy; empty to send it as it is. */
	byte[] deflated(Message message) {
		boolean deflates = message.size() >= Math.max(1, this.settings.minSize()) && message.mayBeCompressed();
		return deflates ? this.compressor.copyOf(message) : NOTHING;
	}

	/**
	 * Creates the decompressor of a client's messages. In dedicated mode a client that
	 * refers to its messages before keeps an inflater; otherwise it keeps their last 32
	 * KiB, and an inflater of the pool is borrowed for each message.
	 * @param agreed what was agreed on with the client
	 * @param maxMessageSize bytes of the largest message
	 * @return the decompressor
	 */
	MessageDecompressor inflation(DeflateParameters agreed, int maxMessageSize) {
		return new MessageDecompressor(this.inflaters, context(agreed), maxMessageSize);
	}

	private MessageDecompressor.Context context(DeflateParameters agreed) {
		if (!agreed.clientTakeover()) {
			return MessageDecompressor.Context.NONE;
		}
		return (this.settings.mode() == CompressionSettings.Mode.DEDICATED) ? MessageDecompressor.Context.INFLATER
				: MessageDecompressor.Context.WINDOW;
	}

}
