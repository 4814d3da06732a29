package io.iodine.connection.frame;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

import io.iodine.Message;

/** Records what a reader reads. */
final class RecordingListener implements FrameListener {

	/** What was read, in order. */
	final List<String> events = new ArrayList<>();

	@Override
	public void received(Message message) {
		this.events.add((message.isText() ? "text " : "binary ") + HexFormat.of().formatHex(message.asBytes()));
	}

	@Override
	public void pinged(byte[] payload) {
		this.events.add("ping " + HexFormat.of().formatHex(payload));
	}

	@Override
	public void peerCloses(int code, String reason) {
		this.events.add("close " + code + " " + reason);
	}

	@Override
	public void violated(int code, String reason) {
		this.events.add("violation " + code);
	}

	@Override
	public boolean wantsMore() {
		return true;
	}

	@Override
	public boolean isTooFast() {
		return false;
	}

}
