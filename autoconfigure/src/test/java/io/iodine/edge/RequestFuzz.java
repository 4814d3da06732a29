package io.iodine.edge;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;

/** Requests, of which the guard and the codec behind it must see the same. */
public final class RequestFuzz {

	private static final byte[] PROBE = "GET /probe HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

	private RequestFuzz() {
	}

	/**
	 * Reads requests in one piece and in many, and gives those that pass to Netty.
	 * @param data the length of pieces, and what a client sends
	 */
	public static void fuzzerTestOneInput(byte[] data) {
		if (data.length == 0) {
			return;
		}
		byte[] octets = Arrays.copyOfRange(data, 1, data.length);
		Reading whole = Reading.of(octets, octets.length, 1024);
		int piece = 1 + (data[0] & 0x0F);
		int window = 1 + ((data[0] >> 4) & 0x0F);
		require(Reading.of(octets, piece, window).equals(whole), "pieces are read otherwise than the whole");
		int begin = 0;
		for (int i = 0; i < whole.ends().size(); i++) {
			int end = whole.ends().get(i);
			decode(Arrays.copyOfRange(octets, begin, end), whole.bodies().get(i));
			begin = end;
		}
	}

	private static void decode(byte[] request, long bodySize) {
		EmbeddedChannel codec = new EmbeddedChannel(
				new HttpRequestDecoder(new HttpDecoderConfig().setMaxInitialLineLength(10240).setMaxHeaderSize(34816)));
		try {
			codec.writeInbound(Unpooled.copiedBuffer(request, PROBE));
			require(next(codec) instanceof HttpRequest, "there is no request");
			long size = 0;
			while (true) {
				Object part = next(codec);
				require(part instanceof HttpContent, "the body does not end");
				size += ((HttpContent) part).content().readableBytes();
				((HttpContent) part).release();
				if (part instanceof LastHttpContent) {
					break;
				}
			}
			require(size == bodySize, "the codec reads a body of " + size + ", the guard one of " + bodySize);
			require(next(codec) instanceof HttpRequest probe && probe.uri().equals("/probe"),
					"what comes next is not what the guard takes for it");
		}
		finally {
			codec.finishAndReleaseAll();
		}
	}

	private static Object next(EmbeddedChannel codec) {
		Object next = codec.readInbound();
		require(next != null, "the codec waits for more");
		if (next instanceof HttpRequest request) {
			require(request.decoderResult().isSuccess(), "the codec refuses: " + request.decoderResult());
		}
		if (next instanceof HttpContent content) {
			require(content.decoderResult().isSuccess(), "the codec refuses: " + content.decoderResult());
		}
		return next;
	}

	private static void require(boolean condition, String otherwise) {
		if (!condition) {
			throw new AssertionError(otherwise);
		}
	}

	/**
	 * What the guard made of some octets.
	 *
	 * @param ends where requests end
	 * @param bodies the sizes of their bodies
	 * @param rejection the reason for which the next one is rejected
	 */
	private record Reading(List<Integer> ends, List<Long> bodies, String rejection) {

		static Reading of(byte[] octets, int piece, int window) {
			RequestScanner scanner = new RequestScanner(GuardedServer.limits());
			List<Integer> ends = new ArrayList<>();
			List<Long> bodies = new ArrayList<>();
			int place = 0;
			while (place < octets.length && scanner.rejection() == null) {
				ByteBuf in = Unpooled.wrappedBuffer(octets, place, Math.min(piece, octets.length - place));
				place += scanner.scan(in, new byte[window]);
				if (scanner.isComplete()) {
					ends.add(place);
					bodies.add(scanner.bodySize());
					scanner.next();
				}
			}
			return new Reading(ends, bodies, String.valueOf(scanner.rejection()));
		}

	}

}
