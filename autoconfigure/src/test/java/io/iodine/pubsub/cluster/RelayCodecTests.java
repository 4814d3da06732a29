package io.iodine.pubsub.cluster;

import java.nio.charset.StandardCharsets;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.CorruptedFrameException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Tests of what can't stand in a frame. */
class RelayCodecTests {

	@ParameterizedTest
	@ValueSource(ints = { -1, Integer.MIN_VALUE, 5, Integer.MAX_VALUE })
	void aTextLongerThanItsFrameIsRefusedBeforeMemoryIsTakenForIt(int length) {
		ByteBuf frame = Unpooled.buffer().writeInt(length);
		frame.writeCharSequence("text", StandardCharsets.UTF_8);

		assertThatExceptionOfType(CorruptedFrameException.class).isThrownBy(() -> RelayCodec.readText(frame));
	}

	@Test
	void aTextMayFillItsFrame() {
		assertThat(RelayCodec.readText(RelayCodec.writeText(Unpooled.buffer(), "text"))).isEqualTo("text");
		assertThat(RelayCodec.readText(RelayCodec.writeText(Unpooled.buffer(), ""))).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(ints = { -1, 3, 127 })
	void aScopeThatDoesNotExistIsRefused(int code) {
		assertThatExceptionOfType(CorruptedFrameException.class).isThrownBy(() -> PublishScope.of(code));
	}

}
