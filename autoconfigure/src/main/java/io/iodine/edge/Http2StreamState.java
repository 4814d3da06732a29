package io.iodine.edge;

import io.netty.handler.codec.http2.Http2FrameStream;
import org.jspecify.annotations.Nullable;

/** What is known of one request of an HTTP/2 connection. Belongs to its event loop. */
final class Http2StreamState {

	private final Http2FrameStream stream;

	private final Deadlines deadlines;

	private boolean bodyEnded;

	private boolean waitsForContinue;

	private boolean answered;

	private boolean rejected;

	private long body;

	private long octets;

	private long granted;

	Http2StreamState(Http2FrameStream stream, EdgeLimits limits, boolean bodyEnded, boolean waitsForContinue) {
		this.stream = stream;
		this.deadlines = new Deadlines(limits);
		this.bodyEnded = bodyEnded;
		this.waitsForContinue = waitsForContinue;
	}

	Http2FrameStream stream() {
		return this.stream;
	}

	/** The octets of its body that came in whole frames, these included. */
	long addToBody(int octets) {
		this.body += octets;
		return this.body;
	}

	void cameOnTheWire(int octets) {
		this.octets += octets;
		this.waitsForContinue = false;
	}

	void endBody() {
		this.bodyEnded = true;
	}

	boolean isBodyEnded() {
		return this.bodyEnded;
	}

	/** Whether the client may be expected to go on with its body. */
	boolean owesBody() {
		return !this.bodyEnded && !this.waitsForContinue;
	}

	/** An interim or the final answer begins. */
	void answer(boolean last) {
		this.waitsForContinue = false;
		this.answered |= last;
	}

	boolean isAnswered() {
		return this.answered;
	}

	/** It never reached the application, and what still comes of it is dropped. */
	void reject() {
		this.rejected = true;
	}

	boolean isRejected() {
		return this.rejected;
	}

	/** The client has room for more. */
	void grant(int octets) {
		this.granted += octets;
	}

	Deadlines.@Nullable Phase look(Deadlines.Phase phase, long sentAndWindow, long now) {
		long progress = (phase == Deadlines.Phase.WRITING) ? this.granted + sentAndWindow : this.octets;
		return this.deadlines.look(phase, 0, progress, now);
	}

}
