package io.iodine.connection.frame;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Objects;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Tests of the reader that connections share. */
class SharedReaderTests {

	private static final int MAX = 1 << 16;

	private final SharedReader shared = new SharedReader();

	private final RecordingListener one = new RecordingListener();

	private final RecordingListener other = new RecordingListener();

	@Test
	void aConnectionWithinAMessageHasAReaderOfItsOwn() {
		// half a frame, and half a head of one
		FrameReader within = Objects.requireNonNull(read("8182000000006f", this.one));
		FrameReader withinHead = Objects.requireNonNull(read("81", this.other));
		assertThat(read("818100000000" + "61", this.other)).isNull();

		within.read(bytes("6e"));
		withinHead.read(bytes("8100000000" + "62"));

		assertThat(this.shared.give(within)).isTrue();
		assertThat(this.shared.give(withinHead)).isTrue();
		assertThat(this.one.events).hasSize(1);
		assertThat(this.other.events).hasSize(2);
	}

	@Test
	void aFragmentedMessageKeepsItsReaderUntilItsEnd() {
		FrameReader within = Objects.requireNonNull(read("018100000000" + "61", this.one));

		assertThat(this.shared.give(within)).isFalse();
		within.read(bytes("808100000000" + "62"));

		assertThat(this.shared.give(within)).isTrue();
		assertThat(this.one.events).hasSize(1);
	}

	@Test
	void aReaderThatHasReadACloseFrameIsNotUsedAgain() {
		FrameReader ended = Objects.requireNonNull(read("888000000000", this.one));

		assertThat(this.shared.give(ended)).isFalse();
		assertThat(read("818100000000" + "61", this.other)).isNull();
		assertThat(this.other.events).hasSize(1);
	}

	@Test
	void aReaderOfADialedConnectionStaysItsOwn() {
		FrameReader dialed = FrameReader.webSocketClient(this.one, MAX);
		dialed.read(bytes("8101" + "61"));

		assertThat(this.shared.give(dialed)).isFalse();
		assertThat(read("818100000000" + "62", this.other)).isNull();
		assertThat(this.one.events).hasSize(1);
		assertThat(this.other.events).hasSize(1);
	}

	@Test
	void aConnectionThatHasReadIsNotKept() {
		WeakReference<RecordingListener> ended = new WeakReference<>(new RecordingListener());
		assertThat(read("818100000000" + "61", Objects.requireNonNull(ended.get()))).isNull();

		await().atMost(Duration.ofSeconds(20)).until(() -> {
			System.gc();
			return ended.get() == null;
		});
		assertThat(read("818100000000" + "62", this.other)).isNull();
	}

	private @Nullable FrameReader read(String hex, RecordingListener listener) {
		return this.shared.read(bytes(hex), listener, MAX);
	}

	private static ByteBuf bytes(String hex) {
		return Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex));
	}

}
