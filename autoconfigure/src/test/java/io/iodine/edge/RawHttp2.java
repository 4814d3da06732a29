package io.iodine.edge;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;

/** A socket that speaks HTTP/2 frame by frame, also such as no client should. */
final class RawHttp2 implements AutoCloseable {

	static final int DATA = 0;

	static final int HEADERS = 1;

	static final int RESET = 3;

	static final int SETTINGS = 4;

	static final int PING = 6;

	static final int GOAWAY = 7;

	static final int WINDOW_UPDATE = 8;

	static final int CONTINUATION = 9;

	static final int END_STREAM = 1;

	static final int END_HEADERS = 4;

	private final Socket socket = new Socket();

	private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder();

	private final DataInputStream in;

	RawHttp2(int port) {
		try {
			this.socket.setReceiveBufferSize(64 * 1024);
			this.socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
			this.socket.setSoTimeout(20_000);
			this.socket.setTcpNoDelay(true);
			this.in = new DataInputStream(this.socket.getInputStream());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	RawHttp2 preface() {
		return octets("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
	}

	/** The preface, and the size of the window that each stream has. */
	RawHttp2 begin(int window) {
		return preface().frame(SETTINGS, 0, 0, ByteBuffer.allocate(6).putShort((short) 4).putInt(window).array());
	}

	RawHttp2 octets(byte[] octets) {
		try {
			this.socket.getOutputStream().write(octets);
			return this;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	RawHttp2 frame(int type, int flags, int stream, byte[] payload) {
		return octets(ByteBuffer.allocate(9 + payload.length)
			.put(head(type, flags, stream, payload.length))
			.put(payload)
			.array());
	}

	static byte[] head(int type, int flags, int stream, int length) {
		return ByteBuffer.allocate(9)
			.put((byte) (length >> 16))
			.putShort((short) length)
			.put((byte) type)
			.put((byte) flags)
			.putInt(stream)
			.array();
	}

	RawHttp2 get(int stream, String path, String... headers) {
		return frame(HEADERS, END_HEADERS | END_STREAM, stream, request("GET", path, headers));
	}

	RawHttp2 post(int stream, String path, String... headers) {
		return frame(HEADERS, END_HEADERS, stream, request("POST", path, headers));
	}

	RawHttp2 data(int stream, int length) {
		return frame(DATA, 0, stream, new byte[length]);
	}

	RawHttp2 window(int stream, int increment) {
		return frame(WINDOW_UPDATE, 0, stream, ByteBuffer.allocate(4).putInt(increment).array());
	}

	/** A list of headers, as names and values in turn, nothing of it to be remembered. */
	static byte[] request(String method, String path, String... headers) {
		ByteArrayOutputStream list = new ByteArrayOutputStream();
		literal(list, ":method", method);
		literal(list, ":scheme", "http");
		literal(list, ":authority", "a");
		literal(list, ":path", path);
		list.writeBytes(fields(headers));
		return list.toByteArray();
	}

	/** Any list of headers. */
	static byte[] fields(String... headers) {
		ByteArrayOutputStream list = new ByteArrayOutputStream();
		for (int i = 0; i < headers.length; i += 2) {
			literal(list, headers[i], headers[i + 1]);
		}
		return list.toByteArray();
	}

	private static void literal(ByteArrayOutputStream list, String name, String value) {
		list.write(0);
		string(list, name);
		string(list, value);
	}

	private static void string(ByteArrayOutputStream list, String text) {
		int length = text.length();
		if (length < 127) {
			list.write(length);
		}
		else {
			list.write(127);
			for (length -= 127; length >= 128; length >>= 7) {
				list.write((length & 127) | 128);
			}
			list.write(length);
		}
		list.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
	}

	/**
	 * The next thing that the server says of streams or of its end, in a few words.
	 */
	String next() {
		try {
			while (true) {
				int length = this.in.readUnsignedByte() << 16 | this.in.readUnsignedShort();
				int type = this.in.readUnsignedByte();
				int flags = this.in.readUnsignedByte();
				int stream = this.in.readInt();
				byte[] payload = this.in.readNBytes(length);
				String end = ((flags & END_STREAM) != 0) ? " end" : "";
				switch (type) {
					case HEADERS -> {
						return "status " + status(stream, payload) + end;
					}
					case DATA -> {
						return "data " + length + end;
					}
					case RESET -> {
						return "reset " + ByteBuffer.wrap(payload).getInt();
					}
					case GOAWAY -> {
						return "goaway " + ByteBuffer.wrap(payload).getInt(4);
					}
					default -> {
						// settings, windows and pings are not what is asked for
					}
				}
			}
		}
		catch (IOException ex) {
			return (ex instanceof SocketTimeoutException) ? "silence" : "closed";
		}
	}

	private String status(int stream, byte[] payload) {
		try {
			return this.decoder.decodeHeaders(stream, Unpooled.wrappedBuffer(payload)).status().toString();
		}
		catch (Http2Exception ex) {
			throw new AssertionError(ex);
		}
	}

	/** Goes without a goodbye. */
	void reset() {
		try {
			this.socket.setSoLinger(true, 0);
			this.socket.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		try {
			this.socket.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
