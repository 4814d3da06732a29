package io.iodine.edge;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2CodecUtil;

/**
 * Compares the first bytes of a connection in clear with the preface of HTTP/2 (RFC 9113,
 * section 3.4). A request of HTTP/1.1 may begin with the same letters.
 */
enum Http2Preface {

	/** The bytes begin with the whole preface. */
	COMPLETE,
	/** More bytes are needed to decide. */
	PARTIAL,
	/** The client speaks HTTP/1.1, or nothing that is known. */
	ABSENT;

	static Http2Preface of(ByteBuf octets) {
		ByteBuf preface = Http2CodecUtil.connectionPrefaceBuf();
		try {
			int length = Math.min(octets.readableBytes(), preface.readableBytes());
			if (!octets.slice(octets.readerIndex(), length).equals(preface.slice(0, length))) {
				return ABSENT;
			}
			return (length == preface.readableBytes()) ? COMPLETE : PARTIAL;
		}
		finally {
			preface.release();
		}
	}

}
