package io.iodine.connection.frame;

import java.util.zip.Deflater;
import java.util.zip.Inflater;

import org.jspecify.annotations.Nullable;

/** What the compressed connections of a server have in common. Any thread. */
public final class CompressionFactory {

	/** At most so many threads compress at a time, about. */
	private static final int POOLED = 2 * Runtime.getRuntime().availableProcessors();

	private final CompressionSettings settings;

	private final ZlibPool<Deflater> deflaters;

	private final ZlibPool<Inflater> inflaters = new ZlibPool<>(() -> new Inflater(true), Inflater::reset,
			Inflater::end, POOLED);

	private final Framing shared;

	/**
	 * Creates the factory.
	 * @param settings the settings of compression
	 */
	public CompressionFactory(CompressionSettings settings) {
		this.settings = settings;
		this.deflaters = new ZlibPool<>(() -> new Deflater(settings.level(), true), Deflater::reset, Deflater::end,
				POOLED);
		this.shared = new CompressedWebSocketFraming(new SharedCompressor(this.deflaters), settings.minSize());
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
				this.settings.minSize()) : this.shared;
	}

	/**
	 * Creates the reader of a WebSocket client's messages.
	 * @param agreed the parameters of compression; null for none
	 * @param maxMessageSize bytes of the largest message
	 * @param listener receives the messages
	 * @return the reader
	 */
	public FrameReader reader(@Nullable DeflateParameters agreed, int maxMessageSize, FrameListener listener) {
		return new WebSocketReader(listener, maxMessageSize,
				(agreed != null) ? inflation(agreed, maxMessageSize) : null);
	}

	/**
	 * How messages of a client are read.
	 * @param agreed what was agreed on with it
	 * @param maxMessageSize bytes of the largest message
	 * @return what inflates them
	 */
	MessageDecompressor inflation(DeflateParameters agreed, int maxMessageSize) {
		return new MessageDecompressor(this.inflaters, agreed.clientTakeover(), maxMessageSize);
	}

}
