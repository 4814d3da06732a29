package io.iodine.connection.frame;

import io.iodine.Message;
import io.netty.buffer.ByteBuf;

/** Writes nothing, because the client of an event stream only reads. */
final class MuteFraming implements Framing {

	static final MuteFraming INSTANCE = new MuteFraming();

	private MuteFraming() {
	}

	@Override
	public boolean carries(Message message) {
		return false;
	}

	@Override
	public void append(ByteBuf burst, Message message) {
		throw new IllegalStateException("nothing can be written to an event stream's server");
	}

}
