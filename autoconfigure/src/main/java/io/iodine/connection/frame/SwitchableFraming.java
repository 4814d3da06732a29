package io.iodine.connection.frame;

import io.iodine.Framer;
import io.iodine.Message;
import io.netty.buffer.ByteBuf;

/** The framing of one RAW connection, which the application may change. */
public final class SwitchableFraming implements Framing {

	private static final Framing LINE = of(Framer.line());

	private static final Framing LENGTH = of(Framer.lengthPrefixed());

	/** Changed by the event loop. */
	private volatile Framing current;

	/**
	 * Creates the framing.
	 * @param framer the first framer
	 */
	public SwitchableFraming(Framer framer) {
		this.current = framing(framer);
	}

	/**
	 * Frames what is written from now on. Event loop.
	 * @param next the next framer
	 */
	public void framer(Framer next) {
		this.current = framing(next);
	}

	@Override
	public boolean isShared() {
		return false;
	}

	@Override
	public boolean carries(Message message) {
		return this.current.carries(message);
	}

	@Override
	public void append(ByteBuf burst, Message message) {
		this.current.append(burst, message);
	}

	private static Framing framing(Framer framer) {
		if (framer.equals(Framer.line())) {
			return LINE;
		}
		return framer.equals(Framer.lengthPrefixed()) ? LENGTH : of(framer);
	}

	private static Framing of(Framer framer) {
		return switch (framer.kind()) {
			case RAW -> RawFraming.INSTANCE;
			case LINE, DELIMITED -> new DelimiterFraming(framer.delimiter());
			case LENGTH_PREFIXED -> new LengthFraming(framer);
		};
	}

}
