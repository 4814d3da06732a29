package io.iodine.pubsub.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import io.iodine.Message;
import io.iodine.pubsub.BrokerAwayException;
import io.iodine.pubsub.HistoryPage;
import io.iodine.pubsub.HistorySettings;
import io.iodine.pubsub.Position;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentMatchers;
import org.mockito.Mockito;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link RedisRequests}, of which at most 2 wait, over a session that the test
 * answers.
 */
class RedisRequestsTests {

	private static final String OLD = "1000";

	private final List<Throwable> failures = new CopyOnWriteArrayList<>();

	private final EngineThread thread = new EngineThread(() -> {
	}, this.failures::add);

	private final RedisSession session = Mockito.mock(RedisSession.class);

	private final RedisConnections connections = Mockito.mock(RedisConnections.class);

	private final RedisAvailability availability = Mockito.mock(RedisAvailability.class);

	private final AclFailures aclFailures = Mockito.mock(AclFailures.class);

	private final ChannelNames names = new ChannelNames("", 0);

	private final InFlightRequests inFlight = new InFlightRequests(2, 100);

	private final RedisRequests requests = new RedisRequests(this.thread, this.connections, this.availability,
			this.names, new HistoryStreams(this.names, HistorySettings.NONE), this.inFlight, this.aclFailures);

	private final CompletableFuture<@Nullable Object> reply = new CompletableFuture<>();

	RedisRequestsTests() {
		Mockito.when(this.connections.session()).thenReturn(this.session);
		Mockito.when(this.session.command(ArgumentMatchers.any(), ArgumentMatchers.any())).thenReturn(this.reply);
		Mockito.when(this.session.script(ArgumentMatchers.any())).thenReturn(this.reply);
	}

	@AfterEach
	void nothingIsLeft() {
		assertThat(this.inFlight.areAllFree()).isTrue();
		this.thread.stop();
		assertThat(this.failures).isEmpty();
	}

	@Test
	void aCommandIsAnsweredByItsReply() {
		CompletionStage<@Nullable Object> answer = this.requests.command("GET", List.of());
		settle();
		assertThat(answer.toCompletableFuture()).isNotDone();

		this.reply.complete("value");

		assertThat(join(answer)).isEqualTo("value");
	}

	@Test
	void aCommandThatFailsFails() {
		CompletionStage<@Nullable Object> answer = this.requests.command("GET", List.of());

		this.reply.completeExceptionally(new IllegalStateException("OOM"));

		assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> join(answer))
			.withMessageContaining("OOM");
	}

	@Test
	void tooManyThatWaitAreRefusedAndLaterOnesAreNot() {
		CompletionStage<@Nullable Object> one = this.requests.command("GET", List.of());
		CompletionStage<@Nullable Object> two = this.requests.command("GET", List.of());

		assertThatExceptionOfType(CompletionException.class)
			.isThrownBy(() -> join(this.requests.command("GET", List.of())))
			.withMessageContaining("iodine.pubsub.redis.max-pending");
		this.reply.complete("value");
		join(one);
		join(two);

		assertThat(join(this.requests.command("GET", List.of()))).isEqualTo("value");
	}

	@Test
	void whoHasAnAnswerMayAskAgain() {
		CompletionStage<Boolean> free = this.requests.command("GET", List.of())
			.thenApply((value) -> this.inFlight.areAllFree());

		this.reply.complete("value");

		assertThat(join(free)).isTrue();
	}

	@Test
	void anAllowanceOfItsOwnIsOne() {
		InFlightRequests none = new InFlightRequests(0, 100);

		assertThatExceptionOfType(CompletionException.class)
			.isThrownBy(() -> join(this.requests.within(none).command("GET", List.of())))
			.withMessageContaining("Redis is slow");
		this.reply.complete("value");

		assertThat(join(this.requests.command("GET", List.of()))).isEqualTo("value");
	}

	@Test
	void whileRedisIsAwayRequestsFailAtOnce() {
		Mockito.when(this.connections.session()).thenReturn(null);
		Mockito.when(this.availability.status()).thenReturn(new RedisStatus(false, Instant.now(), "refused", null));

		assertThatExceptionOfType(CompletionException.class)
			.isThrownBy(() -> join(this.requests.command("GET", List.of())))
			.withCauseInstanceOf(BrokerAwayException.class)
			.withMessageContaining("Redis is away: refused");
	}

	@Test
	void aClosedEngineAnswersNothing() {
		this.thread.close();

		assertThatExceptionOfType(CompletionException.class)
			.isThrownBy(() -> join(this.requests.command("GET", List.of())))
			.withCauseInstanceOf(BrokerAwayException.class)
			.withMessageContaining("closed");
	}

	@Test
	void theHistoryIsReadOnlyOnceTheSubscriptionIsConfirmed() {
		Runnable[] confirmed = new Runnable[1];
		Mockito.doAnswer((call) -> confirmed[0] = call.getArgument(1))
			.when(this.session)
			.whenConfirmed(ArgumentMatchers.eq(this.names.channel("news")), ArgumentMatchers.any());
		CompletionStage<HistoryPage> page = this.requests.since("news", new Position("e", 1), 10);
		settle();
		Mockito.verify(this.session, Mockito.never()).script(ArgumentMatchers.any());
		assertThat(confirmed[0]).isNotNull();

		this.reply.complete(List.of("e", "3", OLD, List.of(entry(2), entry(3))));
		confirmed[0].run();

		HistoryPage read = join(page);
		assertThat(read.complete()).isTrue();
		assertThat(read.messages()).extracting(Message::asText).containsExactly("m2", "m3");
		assertThat(read.last()).isEqualTo(new Position("e", 3));
	}

	@Test
	void aHistoryThatHasNotBegunBegins() {
		confirmAtOnce();
		CompletableFuture<@Nullable Object> begun = new CompletableFuture<>();
		Mockito.when(this.session.script(ArgumentMatchers.any())).thenReturn(this.reply).thenReturn(begun);

		CompletionStage<HistoryPage> page = this.requests.since("news", new Position("e", 1), 10);
		this.reply.complete(List.of("", "0", OLD, List.of()));
		begun.complete("new");

		HistoryPage read = join(page);
		assertThat(read.complete()).isFalse();
		assertThat(read.messages()).isEmpty();
		assertThat(read.last()).isEqualTo(new Position("new", 0));
	}

	@Test
	void aHistoryThatCantBeReadFails() {
		confirmAtOnce();

		CompletionStage<HistoryPage> page = this.requests.since("news", new Position("e", 1), 10);
		this.reply.completeExceptionally(new IllegalStateException("NOPERM"));

		assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> join(page))
			.withMessageContaining("NOPERM");
	}

	@Test
	void theNewestMessagesComeInTheirOrder() {
		CompletionStage<List<Message>> messages = this.requests.last("news", 2);

		this.reply.complete(List.of("e", "3", OLD, List.of(entry(3), entry(2))));

		assertThat(join(messages)).extracting(Message::asText).containsExactly("m2", "m3");
	}

	@Test
	void permissionsAreProbedAgainOnlyWhileTheSessionLasts() {
		EngineThread later = Mockito.mock(EngineThread.class);
		RedisRequests probing = new RedisRequests(later, this.connections, this.availability, this.names,
				new HistoryStreams(this.names, HistorySettings.NONE), this.inFlight, this.aclFailures);
		Runnable[] again = new Runnable[1];
		Mockito.doAnswer((call) -> again[0] = call.getArgument(1))
			.when(later)
			.later(ArgumentMatchers.eq(Duration.ofSeconds(30)), ArgumentMatchers.any());

		probing.probeHistory(this.session);
		Mockito.verify(this.session)
			.command(ArgumentMatchers.eq("INFO"), ArgumentMatchers
				.argThat((args) -> new String(args.get(0), StandardCharsets.US_ASCII).equals("server")));
		again[0].run();
		Mockito.verify(this.session, Mockito.times(2)).script(ArgumentMatchers.any());
		Mockito.verify(this.session).flush();
		Mockito.when(this.connections.session()).thenReturn(Mockito.mock(RedisSession.class));
		again[0].run();

		Mockito.verify(this.session, Mockito.times(2)).script(ArgumentMatchers.any());
		Mockito.verify(this.session).flush();
		Mockito.verifyNoInteractions(this.aclFailures);
		IllegalStateException refused = new IllegalStateException("NOPERM");
		this.reply.completeExceptionally(refused);
		Mockito.verify(this.aclFailures, Mockito.atLeastOnce()).check(ArgumentMatchers.any());
	}

	@Test
	void placesAreBoundedInNumberAndBytes() {
		InFlightRequests places = new InFlightRequests(2, 100);

		assertThat(places.areAllFree()).isTrue();
		assertThat(places.take(60)).isTrue();
		assertThat(places.take(41)).as("bytes").isFalse();
		assertThat(places.take(40)).isTrue();
		assertThat(places.take(0)).as("number").isFalse();
		assertThat(places.areAllFree()).isFalse();
		places.free(60);
		assertThat(places.take(61)).as("bytes again").isFalse();
		assertThat(places.take(60)).isTrue();
		places.free(60);
		places.free(40);
		assertThat(places.areAllFree()).isTrue();
	}

	private void confirmAtOnce() {
		Mockito.doAnswer((call) -> {
			call.<Runnable>getArgument(1).run();
			return null;
		}).when(this.session).whenConfirmed(ArgumentMatchers.any(), ArgumentMatchers.any());
	}

	private static List<Object> entry(int offset) {
		return List.of(offset + "-0", List.of("t", OLD, "m", "m" + offset));
	}

	private void settle() {
		CompletableFuture<Void> done = new CompletableFuture<>();
		assertThat(this.thread.post(() -> done.complete(null))).isTrue();
		done.orTimeout(30, TimeUnit.SECONDS).join();
	}

	private static <T extends @Nullable Object> T join(CompletionStage<T> answer) {
		return answer.toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
	}

}
