package io.iodine.socket;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

import io.iodine.CloseReason.Cause;
import io.iodine.connection.ConnectionChannelHandler;
import io.iodine.net.ClientOptions;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of the handshake of a WebSocket (RFC 6455, section 4.1), or of the
 * request of an event stream, whose content it unwraps.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write or close ends the channel
final class HttpHandshake extends ChannelInboundHandlerAdapter {

	private static final SecureRandom RANDOM = new SecureRandom();

	private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

	private static final String OFFER = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

	private final URI url;

	private final boolean webSocket;

	private final ClientOptions options;

	private final ConnectionChannelHandler connection;

	private final String key = key();

	private boolean accepted;

	HttpHandshake(URI url, boolean webSocket, ClientOptions options, ConnectionChannelHandler connection) {
		this.url = url;
		this.webSocket = webSocket;
		this.options = options;
		this.connection = connection;
	}

	/** Sends the request. */
	void begin(ChannelHandlerContext ctx) {
		FullHttpRequest request;
		try {
			request = request();
		}
		catch (IllegalArgumentException ex) {
			this.connection.fail(Cause.PEER, "the request can't be written: " + ex.getMessage());
			return;
		}
		ctx.writeAndFlush(request).addListener((sent) -> {
			if (!sent.isSuccess()) {
				this.connection.fail(Cause.PEER, "the request could not be sent: " + sent.cause());
			}
		});
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		if (message instanceof HttpResponse response && !this.accepted) {
			response(response);
		}
		if (!(message instanceof HttpContent content)) {
			return;
		}
		if (!this.accepted) {
			ReferenceCountUtil.release(content);
		}
		else if (this.webSocket) {
			ReferenceCountUtil.release(content);
			if (content instanceof LastHttpContent) {
				upgraded(ctx);
			}
		}
		else {
			ctx.fireChannelRead(content.content());
			if (content instanceof LastHttpContent) {
				ctx.close();
			}
		}
	}

	private void response(HttpResponse response) {
		if (isInterim(response)) {
			return;
		}
		String rejection = rejection(response);
		if (rejection != null) {
			this.connection.fail(Cause.PEER, rejection);
			return;
		}
		this.accepted = true;
		if (!this.webSocket) {
			this.connection.open();
		}
	}

	/** Responses before the final one (RFC 9110, section 15.2). */
	private static boolean isInterim(HttpResponse response) {
		return response.status().codeClass() == HttpStatusClass.INFORMATIONAL
				&& response.status().code() != HttpResponseStatus.SWITCHING_PROTOCOLS.code()
				&& response.decoderResult().isSuccess();
	}

	/** What the peer has sent right behind its answer is for the connection. */
	private void upgraded(ChannelHandlerContext ctx) {
		// what was written before is sent now, and is no HTTP
		ctx.pipeline().get(HttpClientCodec.class).removeOutboundHandler();
		this.connection.open();
		ctx.pipeline().remove(this);
		ctx.pipeline().remove(HttpClientCodec.class);
	}

	private @Nullable String rejection(HttpResponse response) {
		if (response.decoderResult().isFailure()) {
			return "the server's answer is malformed";
		}
		HttpHeaders headers = response.headers();
		HttpResponseStatus expected = this.webSocket ? HttpResponseStatus.SWITCHING_PROTOCOLS : HttpResponseStatus.OK;
		if (response.status().code() != expected.code()) {
			return "the server answered " + response.status();
		}
		return this.webSocket ? upgradeRejection(headers) : streamRejection(headers);
	}

	private static @Nullable String streamRejection(HttpHeaders headers) {
		String type = headers.get(HttpHeaderNames.CONTENT_TYPE, "");
		return type.toLowerCase(Locale.ROOT).startsWith("text/event-stream") ? null
				: "the server answered with the content type " + type;
	}

	private @Nullable String upgradeRejection(HttpHeaders headers) {
		if (!headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
				|| !headers.containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)) {
			return "the server's answer is not an upgrade to WebSocket";
		}
		if (!accept(this.key).equals(headers.get(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT))) {
			return "the server's answer has a wrong " + HttpHeaderNames.SEC_WEBSOCKET_ACCEPT;
		}
		List<String> extensions = headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS);
		if (!extensions.isEmpty()) {
			if (!this.options.isCompression() || !isWhatWasOffered(String.join(",", extensions))) {
				return "the server chose an extension that was not offered";
			}
			this.connection.agreedOnCompression();
		}
		String subprotocol = headers.get(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL);
		if (subprotocol != null) {
			if (!this.options.subprotocols().contains(subprotocol)) {
				return "the server chose the subprotocol " + subprotocol + ", which was not offered";
			}
			this.connection.agreedOn(subprotocol);
		}
		return null;
	}

	/** The server's messages must not refer to those before; ours never do. */
	private static boolean isWhatWasOffered(String extensions) {
		String[] words = extensions.toLowerCase(Locale.ROOT).replaceAll("[\\s\"]", "").split(";", -1);
		List<String> parameters = List.of(words).subList(1, words.length);
		return words[0].equals("permessage-deflate") && parameters.contains("server_no_context_takeover") && parameters
			.stream()
			.distinct()
			.count() == parameters.size() && parameters.stream()
				.allMatch((parameter) -> parameter.matches(
						"server_no_context_takeover|client_no_context_takeover|server_max_window_bits=(8|9|1[0-5])"));
	}

	private FullHttpRequest request() {
		String path = (this.url.getRawPath() == null || this.url.getRawPath().isEmpty()) ? "/" : this.url.getRawPath();
		String target = (this.url.getRawQuery() != null) ? path + "?" + this.url.getRawQuery() : path;
		FullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, target,
				Unpooled.EMPTY_BUFFER);
		HttpHeaders headers = request.headers();
		headers.set(HttpHeaderNames.HOST, this.url.getRawAuthority());
		if (this.webSocket) {
			headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE)
				.set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET)
				.set(HttpHeaderNames.SEC_WEBSOCKET_VERSION, "13")
				.set(HttpHeaderNames.SEC_WEBSOCKET_KEY, this.key);
			if (this.options.isCompression()) {
				headers.set(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS, OFFER);
			}
			List<String> subprotocols = this.options.subprotocols();
			if (!subprotocols.isEmpty()) {
				headers.set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, String.join(", ", subprotocols));
			}
		}
		else {
			headers.set(HttpHeaderNames.ACCEPT, HttpHeaderValues.TEXT_EVENT_STREAM)
				.set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE);
		}
		this.options.headers().forEach(headers::set);
		return request;
	}

	private static String key() {
		byte[] random = new byte[16];
		RANDOM.nextBytes(random);
		return Base64.getEncoder().encodeToString(random);
	}

	private static String accept(String key) {
		try {
			return Base64.getEncoder()
				.encodeToString(
						MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(StandardCharsets.US_ASCII)));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("every Java platform has SHA-1", ex);
		}
	}

}
