package io.iodine.connection;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

import io.iodine.CloseReason;
import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Framer;
import io.iodine.Message;
import io.iodine.MessageListener;
import io.iodine.Overflow;
import io.iodine.Protocol;
import io.iodine.PubSub;
import io.iodine.connection.PendingWrites.Admission;
import io.iodine.connection.PendingWrites.CloseMarker;
import io.iodine.connection.fanout.FanoutSource;
import io.iodine.connection.frame.CompressionSettings;
import io.iodine.connection.limit.AdmissionLimits;
import io.iodine.connection.limit.Permit;
import io.netty.channel.embedded.EmbeddedChannel;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mockito.Mockito;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests for {@link PendingWrites}, whose bounds are 4 messages and 100 bytes. */
class PendingWritesTests {

	private static final int MAX_MESSAGES = 4;

	private static final int MAX_BYTES = 100;

	private static final int UNBLOCKED = 16;

	private final List<Integer> dropped = new ArrayList<>();

	private final NettyConnection connection = connect();

	@Test
	void aMessageCountsUntilTheSocketHasTakenIt() {
		PendingWrites pending = pending(Overflow.CLOSE);

		add(pending, text(10));
		add(pending, text(7));

		assertThat(counted(pending)).containsExactly(2, 17);
		assertThat(pending.poll()).isEqualTo(text(10));
		assertThat(counted(pending)).containsExactly(2, 17);
		assertThat(pending.taken(1, 10)).isFalse();
		assertThat(counted(pending)).containsExactly(1, 7);
		assertThat(pending.poll()).isEqualTo(text(7));
		assertThat(pending.poll()).isNull();
		assertThat(pending.taken(1, 7)).isTrue();
		assertThat(counted(pending)).containsExactly(0, 0);
	}

	@Test
	void whatWasWrittenAtOnceCountsWhenTheSocketDoesNotTakeIt() {
		PendingWrites pending = pending(Overflow.CLOSE);

		pending.addBlocked(3, 42);

		assertThat(counted(pending)).containsExactly(3, 42);
		assertThat(pending.taken(3, 42)).isTrue();
	}

	@Test
	void aSocketThatTakesNothingHasTheBoundsOfTheProperties() {
		PendingWrites pending = pending(Overflow.CLOSE);
		pending.blocked(true);
		for (int i = 0; i < MAX_MESSAGES; i++) {
			add(pending, text(1));
		}
		assertThat(this.connection.isOpen()).isTrue();

		assertThat(pending.admit(text(1), null)).isEqualTo(Admission.REFUSED);
		assertThat(counted(pending)).containsExactly(MAX_MESSAGES, MAX_MESSAGES);
		assertThat(reason()).isEqualTo("reads too slowly");
	}

	@Test
	void aSocketThatTakesMoreHasSixteenTimesTheBounds() {
		PendingWrites pending = pending(Overflow.CLOSE);
		for (int i = 0; i < UNBLOCKED * MAX_MESSAGES; i++) {
			add(pending, text(1));
		}
		assertThat(this.connection.isOpen()).isTrue();

		assertThat(pending.admit(text(1), null)).isEqualTo(Admission.REFUSED);
		assertThat(reason()).isEqualTo("is written to faster than its event loop sends");
	}

	@Test
	void bytesAreBoundedUpToTheLast() {
		PendingWrites pending = pending(Overflow.DROP_NEWEST);
		pending.blocked(true);
		add(pending, text(60));
		add(pending, text(40));

		assertThat(pending.admit(text(1), null)).isEqualTo(Admission.REFUSED);
		pending.blocked(false);
		add(pending, text((UNBLOCKED - 1) * MAX_BYTES));
		assertThat(pending.admit(text(1), null)).isEqualTo(Admission.REFUSED);
		assertThat(counted(pending)).containsExactly(3, UNBLOCKED * MAX_BYTES);
	}

	@Test
	void aMessageAloneMayBeLargerThanTheBound() {
		PendingWrites pending = pending(Overflow.DROP_NEWEST);
		pending.blocked(true);

		add(pending, text(MAX_BYTES + 1));

		assertThat(pending.admit(text(1), null)).isEqualTo(Admission.REFUSED);
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void theNewestIsDroppedAndOneLineIsLogged(CapturedOutput output) {
		PendingWrites pending = full(Overflow.DROP_NEWEST);

		assertThat(pending.admit(text(9), null)).isEqualTo(Admission.REFUSED);
		assertThat(pending.admit(text(9), null)).isEqualTo(Admission.REFUSED);

		assertThat(this.dropped).containsExactly(1, 1);
		assertThat(this.connection.isOpen()).isTrue();
		assertThat(output).containsOnlyOnce("reads too slowly: until it has caught up");
		assertThat(pending.taken(1, 1)).isFalse();
		add(pending, text(1));
		pending.admit(text(9), null);
		assertThat(output).containsOnlyOnce("reads too slowly: until it has caught up");
		assertThat(pending.taken(MAX_MESSAGES, 4)).isTrue();
		assertThat(full(pending).admit(text(9), null)).isEqualTo(Admission.REFUSED);
		assertThat(output).as("within ten seconds").containsOnlyOnce("reads too slowly: until it has caught up");
	}

	@Test
	void theOldestIsDroppedForTheNewest() {
		PendingWrites pending = pending(Overflow.DROP_OLDEST);
		pending.blocked(true);
		pending.addFramer(Framer.raw());
		for (String text : List.of("a", "b", "c", "d")) {
			add(pending, Message.text(text));
		}
		pending.addCloseMarker(1000, "done");

		assertThat(pending.admit(Message.text("e"), null)).isEqualTo(Admission.ADMITTED);
		pending.add(Message.text("e"), null);

		assertThat(counted(pending)).containsExactly(4, 4);
		assertThat(this.dropped).containsExactly(1);
		assertThat(pending.poll()).isInstanceOf(Framer.class);
		assertThat(texts(pending)).containsExactly("b", "c", "d", "close 1000 done", "e");
	}

	@Test
	void asManyOfTheOldestAreDroppedAsTheNewestNeeds() {
		PendingWrites pending = pending(Overflow.DROP_OLDEST);
		pending.blocked(true);
		add(pending, text(40));
		add(pending, text(40));
		add(pending, text(20));

		assertThat(pending.admit(text(70), null)).isEqualTo(Admission.ADMITTED);

		assertThat(counted(pending)).containsExactly(2, 90);
		assertThat(this.dropped).containsExactly(1, 1);
	}

	@Test
	void theNewestIsDroppedWhenNothingOlderWaits() {
		PendingWrites pending = pending(Overflow.DROP_OLDEST);
		pending.blocked(true);
		pending.addBlocked(MAX_MESSAGES, 4);

		assertThat(pending.admit(text(1), null)).isEqualTo(Admission.REFUSED);
		assertThat(counted(pending)).containsExactly(MAX_MESSAGES, 4);
		assertThat(this.dropped).containsExactly(1);
	}

	@Test
	void aNewerMessageOfAChannelTakesThePlaceOfTheWaitingOne() {
		PendingWrites pending = pending(Overflow.CONFLATE);
		pending.blocked(true);
		add(pending, "x", "x1");
		add(pending, "y", "y1");
		add(pending, "x", "x2");
		add(pending, null, "none");

		assertThat(pending.admit(Message.text("y longer"), "y")).isEqualTo(Admission.REPLACED);

		assertThat(counted(pending)).containsExactly(4, 2 + 8 + 2 + 4);
		assertThat(this.dropped).containsExactly(1);
		assertThat(texts(pending)).containsExactly("x1", "y longer", "x2", "none");
	}

	@Test
	void aMessageThatHasLeftIsNotReplaced() {
		PendingWrites pending = pending(Overflow.CONFLATE);
		pending.blocked(true);
		add(pending, "x", "x1");
		add(pending, "y", "y1");
		add(pending, "y", "y2");
		add(pending, "z", "z1");
		pending.poll();

		assertThat(pending.admit(Message.text("x2"), "x")).isEqualTo(Admission.ADMITTED);
		pending.add(Message.text("x2"), "x");

		assertThat(texts(pending)).containsExactly("y2", "z1", "x2");
	}

	@Test
	void theOldestIsDroppedUntilAReplacementFits() {
		PendingWrites pending = pending(Overflow.CONFLATE);
		pending.blocked(true);
		add(pending, "x", "x".repeat(50));
		add(pending, "y", "y".repeat(40));

		assertThat(pending.admit(text(61), "y")).isEqualTo(Admission.REPLACED);
		assertThat(counted(pending)).containsExactly(1, 61);
		assertThat(this.dropped).containsExactly(1, 1);
	}

	@Test
	void aReplacementMayFillTheBound() {
		PendingWrites pending = pending(Overflow.CONFLATE);
		pending.blocked(true);
		add(pending, "x", "x".repeat(50));
		add(pending, "y", "y".repeat(40));

		assertThat(pending.admit(text(50), "y")).isEqualTo(Admission.REPLACED);
		assertThat(counted(pending)).containsExactly(2, MAX_BYTES);
	}

	@ParameterizedTest
	@EnumSource(names = { "CLOSE", "CONFLATE" })
	void whatWaitsBehindTheCloseMarkerIsWithdrawn(Overflow overflow) {
		PendingWrites pending = pending(overflow);
		Object before = pending.add(admitted(pending, "before"), "x");
		Object between = pending.add(admitted(pending, "between"), "y");
		pending.addCloseMarker(1000, "");
		Object behind = pending.add(admitted(pending, "behind"), "z");

		assertThat(pending.withdraw(before)).isFalse();
		assertThat(pending.withdraw(between)).isFalse();
		assertThat(pending.withdraw(behind)).isTrue();
		assertThat(counted(pending)).containsExactly(2, 13);
	}

	@Test
	void whatIsAddedAfterTheCloseMarkerWasTakenIsWithdrawn() {
		PendingWrites pending = pending(Overflow.CLOSE);
		pending.addCloseMarker(1000, "");
		assertThat(pending.poll()).isInstanceOf(PendingWrites.CloseMarker.class);
		Object late = pending.add(admitted(pending, "late"), null);

		assertThat(pending.withdraw(late)).isTrue();
		assertThat(counted(pending)).containsExactly(0, 0);
	}

	@Test
	void whatWasSentIsNotWithdrawn() {
		PendingWrites pending = pending(Overflow.CONFLATE);
		Object sent = pending.add(admitted(pending, "sent"), "x");
		pending.poll();
		pending.addCloseMarker(1000, "");

		assertThat(pending.withdraw(sent)).isFalse();
		assertThat(counted(pending)).containsExactly(1, 4);
	}

	@Test
	void whatIsDiscardedCountsNoLonger() {
		PendingWrites pending = pending(Overflow.CONFLATE);
		add(pending, "x", "one");
		add(pending, null, "two");
		pending.addCloseMarker(1000, "");
		pending.addBlocked(1, 5);

		assertThat(pending.discard()).isEqualTo(2);
		assertThat(counted(pending)).containsExactly(1, 5);
		assertThat(pending.poll()).isNull();
	}

	@Test
	void nothingIsLeftOfAClosedSocket() {
		PendingWrites pending = pending(Overflow.CONFLATE);
		pending.blocked(true);
		add(pending, "x", "one");

		pending.clear();

		assertThat(counted(pending)).containsExactly(0, 0);
		assertThat(pending.poll()).isNull();
		pending.addBlocked(MAX_MESSAGES, 4);
		assertThat(pending.admit(Message.text("two"), "x")).isEqualTo(Admission.REFUSED);
	}

	@Test
	void tooManyMessagesOfAListenerCloseOrAreDropped() {
		pending(Overflow.DROP_NEWEST).overflow();
		assertThat(this.connection.isOpen()).isTrue();
		assertThat(this.dropped).containsExactly(1);

		pending(Overflow.CLOSE).overflow();
		assertThat(reason()).isEqualTo("reads too slowly");
	}

	private PendingWrites pending(Overflow overflow) {
		return new PendingWrites(this.connection, overflow);
	}

	private PendingWrites full(Overflow overflow) {
		PendingWrites pending = pending(overflow);
		pending.blocked(true);
		return full(pending);
	}

	private static PendingWrites full(PendingWrites pending) {
		for (int i = 0; i < MAX_MESSAGES; i++) {
			add(pending, text(1));
		}
		return pending;
	}

	private static void add(PendingWrites pending, Message message) {
		assertThat(pending.admit(message, null)).isEqualTo(Admission.ADMITTED);
		pending.add(message, null);
	}

	private static void add(PendingWrites pending, @Nullable String channel, String text) {
		pending.add(admitted(pending, text), channel);
	}

	private static Message admitted(PendingWrites pending, String text) {
		assertThat(pending.admit(Message.text(text), null)).isEqualTo(Admission.ADMITTED);
		return Message.text(text);
	}

	private static Message text(int size) {
		return Message.text("x".repeat(size));
	}

	private static List<Integer> counted(PendingWrites pending) {
		return List.of(pending.messages(), (int) pending.bytes());
	}

	private static List<String> texts(PendingWrites pending) {
		List<String> texts = new ArrayList<>();
		for (Object next; (next = pending.poll()) != null;) {
			texts.add((next instanceof CloseMarker marker) ? "close " + marker.code() + " " + marker.text()
					: ((Message) next).asText());
		}
		return texts;
	}

	private String reason() {
		return this.connection.closeReason().map(CloseReason::text).orElse("still open");
	}

	private NettyConnection connect() {
		ConnectionSettings settings = new ConnectionSettings(1024, 64, 1024, MAX_MESSAGES, MAX_BYTES, Overflow.CLOSE,
				64, 1024, 64, Duration.ZERO, Duration.ofSeconds(1), Duration.ofSeconds(1), false,
				CompressionSettings.NONE, AdmissionLimits.NONE);
		Connections connections = new Connections(settings, Runnable::run, Mockito.mock(PubSub.class),
				new SilentSource(), (value) -> new byte[0], new ConnectionObserver() {

					@Override
					public void dropped(Connection client, int messages) {
						PendingWritesTests.this.dropped.add(messages);
					}

				});
		EmbeddedChannel channel = new EmbeddedChannel();
		ConnectionChannelHandler last = connections.connect(channel,
				new Handshake(Protocol.RAW, Optional.empty(), Optional.empty(), new ConnectionHandler() {
				}, true, Overflow.CLOSE, CallbackScope.NONE, Optional.empty(), PingSettings.DEFAULT,
						Permit.uncounted()),
				Connections.Transfer.BARE);
		channel.pipeline().addLast(last);
		last.open();
		return (NettyConnection) Objects.requireNonNull(last.connection());
	}

	private static final class SilentSource implements FanoutSource {

		@Override
		public Runnable subscribe(String channel, boolean pattern, MessageListener listener) {
			return () -> {
			};
		}

		@Override
		public void notifyEngines() {
			// no connection subscribes
		}

	}

}
