package io.iodine.pubsub.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

import io.iodine.process.RelayLink;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Tests for {@link PendingAnswers}. */
class PendingAnswersTests {

	private final RecordingLink link = new RecordingLink();

	private final PendingAnswers<List<Byte>> questions = questions(Duration.ofSeconds(30));

	@Test
	void fewQuestionsAreAskedAtATimeAndTheOthersInTheirOrder() {
		List<CompletableFuture<List<Byte>>> answers = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			answers.add(ask());
		}
		assertThat(this.link.asked).containsExactly(1, 2, 3, 4);

		answer(2, true, 7);
		assertThat(this.link.asked).as("half an answer").hasSize(4);
		answer(2, false, 8);
		assertThat(this.link.asked).containsExactly(1, 2, 3, 4, 5);
		for (int number = 1; number <= 10; number++) {
			answer(number, false, number);
		}

		assertThat(this.link.asked).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
		assertThat(answers.get(1).join()).containsExactly((byte) 7, (byte) 8);
		assertThat(answers.get(9).join()).containsExactly((byte) 10);
	}

	@Test
	void anAnswerWithoutAQuestionIsIgnored() {
		answer(99, false, 1);

		assertThat(ask()).isNotDone();
	}

	@Test
	void questionsThatTheMasterDoesNotTakeFailAndThoseAfterThemAreAsked() {
		List<CompletableFuture<List<Byte>>> answers = new ArrayList<>();
		for (int i = 0; i < PendingAnswers.MOST; i++) {
			answers.add(ask());
		}
		this.link.full = true;
		answer(1, false, 1);
		for (int number = 2; number <= 4; number++) {
			answer(number, false, 1);
		}

		assertThat(answers.subList(4, answers.size())).allMatch(CompletableFuture::isCompletedExceptionally);
		this.link.full = false;
		CompletableFuture<List<Byte>> late = ask();
		answer(PendingAnswers.MOST + 1, false, 5);
		assertThat(late.join()).containsExactly((byte) 5);
	}

	@Test
	void aQuestionThatCannotBeWrittenKeepsNoOtherWaiting() {
		for (int i = 0; i < 4; i++) {
			assertThatExceptionOfType(RuntimeException.class).isThrownBy(this.questions.ask((number) -> {
				throw new OutOfMemoryError("no room for a question");
			})::join).withCauseInstanceOf(OutOfMemoryError.class);
		}

		assertThat(ask()).isNotDone();
		assertThat(this.link.asked).containsExactly(5);
	}

	@Test
	void anAnswerOfWhichAPartCannotBeReadFailsInsteadOfHavingAHole() {
		CompletableFuture<List<Byte>> answer = ask();
		answer(1, true, 1);

		this.questions.answered(Unpooled.buffer().writeInt(1).writeBoolean(true));
		answer(1, false, 3);

		assertThatExceptionOfType(CompletionException.class).isThrownBy(answer::join)
			.withCauseInstanceOf(IndexOutOfBoundsException.class);
	}

	@Test
	@Timeout(20)
	void questionsThatWaitFailWithOneThatIsNotAnsweredInTime() {
		PendingAnswers<List<Byte>> impatient = questions(Duration.ofSeconds(1));
		List<CompletableFuture<List<Byte>>> answers = new ArrayList<>();
		for (int i = 0; i < 1_000; i++) {
			answers.add(impatient.ask((number) -> Unpooled.copyInt(number)));
		}

		assertThat(answers)
			.allSatisfy((answer) -> assertThatExceptionOfType(CompletionException.class).isThrownBy(answer::join)
				.withCauseInstanceOf(TimeoutException.class));

		assertThat(this.link.asked).hasSizeLessThan(10);
	}

	@Test
	void moreThanMayWaitAreRefused() {
		for (int i = 0; i < PendingAnswers.MOST + 4; i++) {
			assertThat(ask()).isNotDone();
		}

		assertThat(ask()).isCompletedExceptionally();
	}

	private PendingAnswers<List<Byte>> questions(Duration timeout) {
		return new PendingAnswers<>(this.link, 4, timeout, ArrayList::new,
				(parts, frame) -> parts.add(frame.readByte()));
	}

	private CompletableFuture<List<Byte>> ask() {
		return this.questions.ask((number) -> Unpooled.copyInt(number));
	}

	private void answer(int number, boolean more, int part) {
		this.questions.answered(Unpooled.buffer().writeInt(number).writeBoolean(more).writeByte(part));
	}

	/** Records the questions. */
	private static final class RecordingLink implements RelayLink {

		private final Queue<Integer> asked = new ConcurrentLinkedQueue<>();

		private boolean full;

		@Override
		public boolean send(int size, Consumer<ByteBuf> body) {
			if (this.full) {
				return false;
			}
			ByteBuf frame = Unpooled.buffer();
			body.accept(frame);
			this.asked.add(frame.readInt());
			return true;
		}

		@Override
		public void onFrame(Consumer<ByteBuf> receiver) {
			throw new UnsupportedOperationException("answers are given to the questions");
		}

	}

}
