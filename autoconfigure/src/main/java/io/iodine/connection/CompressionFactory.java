package io.iodine.connection;

import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** What the compressed connections of a server have in common. Any thread. */
final class CompressionFactory {

	/** At most so many threads compress at a time, about. */
	private static final int POOLED = 2 * Runtime.getRuntime().availableProcessors();

	private final CompressionSettings settings;

	private final ZlibPool<Deflater> deflaters;

	private final ZlibPool<Inflater> inflaters = new ZlibPool<>(() -> new Inflater(true), Inflater::reset,
			Inflater::end, POOLED);

	private final Framing shared;

	CompressionFactory(CompressionSettings settings) {
		this.settings = settings;
		this.deflaters = new ZlibPool<>(() -> new Deflater(settings.level(), true), Deflater::reset, Deflater::end,
				POOLED);
		this.shared = new CompressedWebSocketFraming(new SharedCompressor(this.deflaters), settings.minSize());
	}

	/**
	 * How messages to a client look.
	 * @param agreed what was agreed on with it
	 * @return the framing, to be disposed of
	 */
	Framing framing(DeflateParameters agreed) {
		return agreed.serverTakeover() ? new CompressedWebSocketFraming(new DedicatedCompressor(this.settings.level()),
				this.settings.minSize()) : this.shared;
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
