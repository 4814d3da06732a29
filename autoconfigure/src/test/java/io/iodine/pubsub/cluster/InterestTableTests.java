package io.iodine.pubsub.cluster;

import java.util.Iterator;

import io.iodine.process.RelayPeer;
import io.netty.buffer.ByteBuf;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** Tests for {@link InterestTable}. */
class InterestTableTests {

	private final RelayPeer one = new Worker(1);

	private final RelayPeer two = new Worker(2);

	private final InterestTable table = new InterestTable();

	@BeforeEach
	void workersJoin() {
		this.table.joined(this.one);
		this.table.joined(this.two);
	}

	@Test
	void aChannelIsForgottenWhenItsLastMemberLeaves() {
		this.table.join(this.one, "room", "ada");
		this.table.join(this.one, "room", "bob");
		this.table.join(this.two, "room", "ada");

		this.table.leave(this.one, "room", "ada");
		assertThat(this.table.members("room")).containsExactlyInAnyOrder("ada", "bob");
		this.table.leave(this.one, "room", "bob");
		assertThat(this.table.members("room")).containsExactly("ada");
		this.table.leave(this.two, "room", "ada");

		assertThat(this.table.members("room")).isEmpty();
		assertThat(this.table.isEmpty()).isTrue();
	}

	@Test
	void aMemberThatIsNotThereCannotLeave() {
		this.table.join(this.one, "room", "ada");

		this.table.leave(this.one, "room", "bob");
		this.table.leave(this.two, "room", "ada");
		this.table.leave(this.one, "other", "ada");

		assertThat(this.table.members("room")).containsExactly("ada");
	}

	@Test
	void aWorkerThatLeavesTakesAllWithIt() {
		this.table.subscribe(this.one, "news", false);
		this.table.subscribe(this.one, "n*", true);
		this.table.join(this.one, "room", "ada");
		this.table.subscribe(this.two, "news", false);

		this.table.left(this.one);
		assertThat(this.table.subscribers("news")).containsExactly(this.two);
		assertThat(this.table.subscribers("nothing")).isEmpty();
		assertThat(this.table.members("room")).isEmpty();
		assertThat(this.table.isEmpty()).isFalse();
		this.table.left(this.two);

		assertThat(this.table.isEmpty()).isTrue();
		assertThat(this.table.workers()).isEmpty();
	}

	@Test
	void aWorkerGetsAMessageOnceHoweverManySubscriptionsMatch() {
		this.table.subscribe(this.one, "news", false);
		this.table.subscribe(this.one, "n*", true);
		this.table.subscribe(this.two, "*s", true);

		assertThat(this.table.subscribers("news")).containsExactly(this.one, this.two);
		this.table.unsubscribe(this.one, "news", false);
		assertThat(this.table.subscribers("news")).containsExactly(this.one, this.two);
		this.table.unsubscribe(this.one, "n*", true);
		this.table.unsubscribe(this.two, "*s", true);

		assertThat(this.table.subscribers("news")).isEmpty();
		assertThat(this.table.isEmpty()).isTrue();
	}

	@Test
	void aWorkerThatIsNotConnectedHasNoInterests() {
		this.table.left(this.two);

		assertThatIllegalStateException().isThrownBy(() -> this.table.subscribe(this.two, "news", false))
			.withMessage("worker 2 is not connected");
		assertThat(this.table.isEmpty()).isTrue();
	}

	/**
	 * A worker to which nothing is sent.
	 *
	 * @param number its number
	 */
	private record Worker(int number) implements RelayPeer {

		@Override
		public boolean isReady() {
			return true;
		}

		@Override
		public void send(ByteBuf body) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void answer(Iterator<ByteBuf> bodies) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void forward(ByteBuf body) {
			throw new UnsupportedOperationException();
		}

	}

}
