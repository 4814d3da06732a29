package io.iodine.servlet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import io.iodine.Protocol;
import io.iodine.Upgrade;
import io.iodine.connection.CallbackScope;
import io.iodine.connection.Connections;
import io.iodine.connection.Connections.Transfer;
import io.iodine.connection.limit.RejectionReason;
import io.iodine.upgrade.AcceptedUpgrade;
import io.iodine.upgrade.Origins;
import io.iodine.upgrade.RejectedUpgrade;
import io.iodine.upgrade.RequestSnapshot;
import io.iodine.upgrade.UpgradeNegotiator;
import io.iodine.upgrade.UpgradePolicy;
import io.netty.channel.EventLoop;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.ServletServerHttpRequest;

/**
 * Carries out the answer to a request on the request's thread, which may block: checks
 * what must hold before an upgrade, writes the head, and has the socket taken over.
 */
final class ServletUpgradeResponder {

	private static final MediaType PLAIN_TEXT = new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8);

	private static final Upgrade UNDECIDED = Upgrade.reject(HttpStatus.SERVICE_UNAVAILABLE.value());

	private final Connections connections;

	private final UpgradeNegotiator negotiator;

	private final ServletEventLoops loops;

	private final List<SocketTakeover> takeovers;

	private final Duration timeout;

	private final boolean credentials;

	private final Supplier<CallbackScope> scopes;

	ServletUpgradeResponder(Connections connections, ServletEventLoops loops, List<SocketTakeover> takeovers,
			Duration timeout, boolean credentials, Supplier<CallbackScope> scopes) {
		this.connections = connections;
		this.negotiator = new UpgradeNegotiator(connections);
		this.loops = loops;
		this.takeovers = takeovers;
		this.timeout = timeout;
		this.credentials = credentials;
		this.scopes = scopes;
	}

	/** Whether pages of other origins may send cookies. */
	boolean allowsCredentials() {
		return this.credentials;
	}

	UpgradeNegotiator negotiator() {
		return this.negotiator;
	}

	/**
	 * Waits for an answer that comes later, within the time it has.
	 * @param answer the answer
	 * @return an answer that is there
	 * @throws Exception what the decision failed with
	 */
	Upgrade decided(Upgrade answer) throws Exception {
		Upgrade current = answer;
		while (current instanceof Upgrade.Later later) {
			try {
				current = later.decision().toCompletableFuture().get(this.timeout.toNanos(), TimeUnit.NANOSECONDS);
				if (current == null) {
					throw UpgradeNegotiator.missingDecision();
				}
			}
			catch (TimeoutException ex) {
				this.negotiator.undecided(this.timeout);
				current = UNDECIDED;
			}
			catch (ExecutionException ex) {
				throw (ex.getCause() instanceof Exception cause) ? cause : ex;
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				this.connections.rejected(RejectionReason.UNDECIDED);
				current = UNDECIDED;
			}
		}
		return current;
	}

	/**
	 * Answers.
	 * @param request the request
	 * @param response its response, not committed
	 * @param answer the answer
	 * @param policy the policy of the endpoint
	 * @throws Exception what the decision failed with, or when the head can't be sent
	 */
	void write(HttpServletRequest request, HttpServletResponse response, Upgrade answer, UpgradePolicy policy)
			throws Exception {
		RequestSnapshot snapshot = ServletRequestSource.existing(request);
		if (snapshot == null) {
			return;
		}
		Upgrade decision = decided(answer);
		if (decision instanceof Upgrade.Accept accept) {
			accept(request, response, snapshot, accept, policy);
		}
		else if (decision instanceof Upgrade.Reject reject) {
			if (!UNDECIDED.equals(reject)) {
				this.connections.rejected(RejectionReason.APPLICATION);
			}
			// a client that has the answer may try again at once
			snapshot.releasePermit();
			reject(response, reject);
		}
	}

	/**
	 * Answers a request that can't be upgraded.
	 * @param request the request
	 * @param response its response, not committed
	 * @param rejected why, and with what
	 * @throws IOException when the response can't be written
	 */
	void reject(HttpServletRequest request, HttpServletResponse response, RejectedUpgrade rejected) throws IOException {
		RequestSnapshot snapshot = ServletRequestSource.existing(request);
		this.connections.rejected(rejected.reason());
		if (rejected.reason() == RejectionReason.DRAINING && snapshot != null
				&& snapshot.protocol().orElse(null) == Protocol.SSE) {
			endAtOnce(request, response);
		}
		else {
			reject(response, rejected.answer());
		}
	}

	/**
	 * Ends an event stream as soon as it begins. At any status but 200 a browser would
	 * give up for good.
	 */
	private void endAtOnce(HttpServletRequest request, HttpServletResponse response) throws IOException {
		admit(request, response);
		int retry = this.connections.retryMillis();
		byte[] body = ((retry > 0) ? "retry: " + retry + "\n\n" : "").getBytes(StandardCharsets.US_ASCII);
		response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
		response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
		// the client would reconnect on this connection
		response.setHeader(HttpHeaders.CONNECTION, "close");
		response.setContentLength(body.length);
		response.getOutputStream().write(body);
	}

	private void accept(HttpServletRequest request, HttpServletResponse response, RequestSnapshot snapshot,
			Upgrade.Accept accept, UpgradePolicy policy) throws IOException, ServletException {
		if (!UpgradeNegotiator.suits(snapshot, accept) || response.getStatus() >= HttpStatus.MULTIPLE_CHOICES.value()) {
			return;
		}
		RejectedUpgrade rejected = this.negotiator.rejection(new ServletServerHttpRequest(request), snapshot, policy)
			.or(() -> UpgradeNegotiator.mistake(snapshot, accept))
			.orElse(null);
		if (rejected != null) {
			reject(request, response, rejected);
			return;
		}
		Protocol protocol = snapshot.protocol().orElseThrow();
		SocketTakeover takeover = this.takeovers.stream()
			.filter((candidate) -> candidate.supports(request, protocol))
			.findFirst()
			.orElse(null);
		if (takeover == null && protocol != Protocol.SSE) {
			snapshot.releasePermit();
			reject(response, (Upgrade.Reject) Upgrade.reject(HttpStatus.NOT_IMPLEMENTED.value(),
					"this server can't upgrade the connection"));
			return;
		}
		addHeaders(response, accept.headers());
		if (protocol == Protocol.SSE && request.getMethod().equals("HEAD")) {
			// the head of the stream, without the stream (RFC 9110, section 9.3.2)
			writeStreamHead(request, response);
			// or else Jetty says that its length is 0
			HeadSender.send(response);
			return;
		}
		arrive(request, response, snapshot, accept, policy, takeover);
	}

	private void arrive(HttpServletRequest request, HttpServletResponse response, RequestSnapshot snapshot,
			Upgrade.Accept accept, UpgradePolicy policy, @Nullable SocketTakeover takeover)
			throws IOException, ServletException {
		if (!this.connections.arrive()) {
			snapshot.releasePermit();
			reject(request, response,
					new RejectedUpgrade(RejectionReason.DRAINING,
							(Upgrade.Reject) Upgrade.reject(HttpStatus.SERVICE_UNAVAILABLE.value())
								.header(HttpHeaders.RETRY_AFTER, "1")));
			return;
		}
		EventLoop loop = this.loops.next();
		@Nullable ConnectionOpening opening = null;
		try {
			AcceptedUpgrade accepted = this.negotiator.accept(snapshot, accept, policy, this.scopes.get());
			if (accepted.handshake().permit().arm()) {
				opening = new ConnectionOpening(this.connections, accepted.handshake(), Transfer.BARE, loop);
				open(request, response, accepted, takeover, opening);
			}
		}
		finally {
			if (opening == null) {
				// or else a drain would wait for it
				this.connections.arrived();
			}
		}
	}

	private void open(HttpServletRequest request, HttpServletResponse response, AcceptedUpgrade accepted,
			@Nullable SocketTakeover takeover, ConnectionOpening opening) throws IOException, ServletException {
		request.setAttribute(ConnectionOpening.ATTRIBUTE, opening);
		try {
			writeHead(request, response, accepted);
			if (takeover != null && accepted.handshake().protocol() == Protocol.SSE
					&& !"close".equalsIgnoreCase(response.getHeader(HttpHeaders.CONNECTION))) {
				opening.frameByChunks();
			}
			if (takeover != null) {
				takeover.takeOver(request, response, opening);
			}
			else {
				AsyncEventStreamWriter.open(request, response, opening);
			}
		}
		catch (IOException | ServletException | RuntimeException | Error ex) {
			opening.abandon();
			throw ex;
		}
	}

	private void writeHead(HttpServletRequest request, HttpServletResponse response, AcceptedUpgrade accepted) {
		if (accepted.handshake().protocol() == Protocol.SSE) {
			writeStreamHead(request, response);
			return;
		}
		response.setStatus(HttpServletResponse.SC_SWITCHING_PROTOCOLS);
		response.setHeader(HttpHeaders.CONNECTION, "Upgrade");
		if (accepted.handshake().protocol() == Protocol.RAW) {
			response.setHeader(HttpHeaders.UPGRADE, accepted.token());
			return;
		}
		response.setHeader(HttpHeaders.UPGRADE, "websocket");
		response.setHeader("Sec-WebSocket-Accept", accepted.token());
		accepted.handshake().subprotocol().ifPresent((name) -> response.setHeader("Sec-WebSocket-Protocol", name));
		accepted.handshake()
			.deflate()
			.ifPresent((agreed) -> response.setHeader("Sec-WebSocket-Extensions", agreed.answer()));
	}

	private void writeStreamHead(HttpServletRequest request, HttpServletResponse response) {
		admit(request, response);
		response.setStatus(HttpServletResponse.SC_OK);
		response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
		if (!response.containsHeader(HttpHeaders.CACHE_CONTROL)) {
			response.setHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
		}
		response.setHeader("X-Accel-Buffering", "no");
	}

	private void admit(HttpServletRequest request, HttpServletResponse response) {
		if (!response.containsHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN)) {
			HttpHeaders headers = new HttpHeaders();
			Origins.admit(new ServletServerHttpRequest(request), headers, this.credentials);
			headers.forEach((name, values) -> values.forEach((value) -> response.addHeader(name, value)));
		}
	}

	/**
	 * Writes a rejection.
	 * @param response the response, not committed
	 * @param reject its status, headers and body
	 * @throws IOException when the response can't be written
	 */
	static void reject(HttpServletResponse response, Upgrade.Reject reject) throws IOException {
		response.setStatus(reject.status());
		addHeaders(response, reject.headers());
		if (!reject.body().isEmpty()) {
			byte[] body = reject.body().getBytes(StandardCharsets.UTF_8);
			response.setContentType(PLAIN_TEXT.toString());
			response.setContentLength(body.length);
			response.getOutputStream().write(body);
		}
	}

	private static void addHeaders(HttpServletResponse response, List<Upgrade.Header> headers) {
		headers.forEach((header) -> response.addHeader(header.name(), header.value()));
	}

}
