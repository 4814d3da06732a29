package io.iodine.connection;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

import io.iodine.ConnectionHandler;
import io.iodine.Protocol;
import io.iodine.connection.limit.AdmissionLimits;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests for {@link ConnectionTable}. */
class ConnectionTableTests {

	private final EmbeddedConnections embedded = new EmbeddedConnections(
			EmbeddedConnections.settings(10, 1000, AdmissionLimits.NONE));

	private final ConnectionTable table = new ConnectionTable();

	@Test
	void whicheverConnectionLeavesTheOthersStay() {
		List<NettyConnection> connections = connections(5);
		for (NettyConnection leaving : connections) {
			connections.forEach(this.table::add);

			this.table.remove(leaving);

			assertThat(this.table.copy()).hasSize(4).doesNotContain(leaving).doesNotHaveDuplicates();
			connections.forEach(this.table::remove);
			assertThat(this.table.size()).isZero();
		}
	}

	@Test
	void aConnectionThatIsNotInTheTableLeavesNothing() {
		List<NettyConnection> connections = connections(3);
		this.table.add(connections.get(0));
		this.table.add(connections.get(1));

		this.table.remove(connections.get(2));
		this.table.remove(connections.get(0));
		this.table.remove(connections.get(0));

		assertThat(this.table.copy()).containsExactly(connections.get(1));
	}

	@Test
	void aCopyStaysAsItIs() {
		List<NettyConnection> connections = connections(2);
		this.table.add(connections.get(0));

		List<NettyConnection> copy = this.table.copy();
		this.table.remove(connections.get(0));
		this.table.add(connections.get(1));

		assertThat(copy).containsExactly(connections.get(0));
	}

	@Test
	void theTableHoldsWhatASetWouldHold() {
		List<NettyConnection> connections = connections(20);
		Set<NettyConnection> expected = new HashSet<>();
		Random random = new Random(17);
		for (int i = 0; i < 1000; i++) {
			NettyConnection next = connections.get(random.nextInt(connections.size()));
			if (expected.remove(next)) {
				this.table.remove(next);
			}
			else {
				expected.add(next);
				this.table.add(next);
			}
			assertThat(this.table.copy()).containsExactlyInAnyOrderElementsOf(expected);
		}
	}

	private List<NettyConnection> connections(int number) {
		return IntStream.range(0, number).mapToObj((each) -> this.embedded.dial(Protocol.RAW, new ConnectionHandler() {
		}).connection()).toList();
	}

}
