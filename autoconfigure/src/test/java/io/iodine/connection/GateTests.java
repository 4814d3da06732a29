package io.iodine.connection;

import java.net.InetSocketAddress;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of who may come in. */
class GateTests {

	private static final InetSocketAddress HERE = new InetSocketAddress("192.0.2.1", 1);

	private static final InetSocketAddress THERE = new InetSocketAddress("192.0.2.2", 1);

	@Test
	void aPlaceIsFreeAgainOnceHoweverOftenItIsGivenBack() {
		Gate gate = new Gate(limits(1, 0, 0, 0));
		Pass first = gate.enter(HERE, null);

		assertThat(gate.enter(HERE, null).refusal()).contains(Refusal.TOTAL);
		first.giveBack();
		first.giveBack();

		assertThat(gate.enter(HERE, null).refusal()).isEmpty();
		assertThat(gate.enter(HERE, null).refusal()).contains(Refusal.TOTAL);
	}

	@Test
	void aConnectionKeepsItsPlaceWhenItsRequestEnds() {
		Gate gate = new Gate(limits(1, 0, 0, 0));
		Pass pass = gate.enter(HERE, null);
		pass.use();

		pass.giveBack();
		assertThat(gate.enter(HERE, null).refusal()).contains(Refusal.TOTAL);
		pass.end();

		assertThat(gate.enter(HERE, null).refusal()).isEmpty();
	}

	@Test
	void anAddressHasItsShare() {
		Gate gate = new Gate(limits(0, 2, 0, 0));
		Pass first = gate.enter(HERE, null);
		gate.enter(new InetSocketAddress("192.0.2.1", 2), null);

		assertThat(gate.enter(HERE, null).refusal()).contains(Refusal.ADDRESS);
		assertThat(gate.enter(THERE, null).refusal()).isEmpty();
		assertThat(gate.enter(null, null).refusal()).isEmpty();
		first.giveBack();

		assertThat(gate.enter(HERE, null).refusal()).isEmpty();
	}

	@Test
	void anAddressThatProxiesTellIsTheSameAddress() {
		Gate gate = new Gate(limits(0, 1, 0, 0));
		gate.enter(HERE, null);

		assertThat(gate.enter(InetSocketAddress.createUnresolved("192.0.2.1", 0), null).refusal())
			.contains(Refusal.ADDRESS);
	}

	@Test
	void aNetworkOfIpVersion6IsOneAddress() {
		Gate gate = new Gate(limits(0, 1, 0, 0));
		gate.enter(new InetSocketAddress("2001:db8:1:2::1", 1), null);

		assertThat(gate.enter(new InetSocketAddress("2001:db8:1:2:ffff::2", 1), null).refusal())
			.contains(Refusal.ADDRESS);
		assertThat(gate.enter(new InetSocketAddress("2001:db8:1:3::1", 1), null).refusal()).isEmpty();
	}

	@Test
	void aUserHasTheirShareWhereverTheyComeFrom() {
		Gate gate = new Gate(limits(0, 5, 1, 0));
		Pass first = gate.enter(HERE, "ada");

		assertThat(gate.enter(THERE, "ada").refusal()).contains(Refusal.PRINCIPAL);
		assertThat(gate.enter(THERE, "bob").refusal()).isEmpty();
		assertThat(gate.enter(THERE, null).refusal()).isEmpty();
		first.giveBack();

		assertThat(gate.enter(THERE, "ada").refusal()).isEmpty();
	}

	@Test
	void whoeverIsRefusedTakesNobodysPlace() {
		Gate gate = new Gate(limits(2, 1, 1, 0));
		Pass first = gate.enter(HERE, "ada");
		for (int i = 0; i < 10; i++) {
			assertThat(gate.enter(HERE, "bob").refusal()).contains(Refusal.ADDRESS);
			assertThat(gate.enter(THERE, "ada").refusal()).contains(Refusal.PRINCIPAL);
		}
		first.giveBack();

		assertThat(gate.enter(HERE, "bob").refusal()).isEmpty();
		assertThat(gate.enter(THERE, "ada").refusal()).isEmpty();
	}

	@Test
	void soManyComeInASecond() {
		Gate gate = new Gate(limits(0, 0, 0, 1));
		gate.enter(HERE, null);

		assertThat(gate.enter(HERE, null).refusal()).contains(Refusal.RATE);
	}

	@Test
	void aBucketHoldsItsBurstAndFillsSteadily() {
		long second = 1_000_000_000L;
		TokenBucket bucket = new TokenBucket(10, 3, Long.MAX_VALUE - second);
		long start = Long.MAX_VALUE - second;

		assertThat(take(bucket, start, 4)).isEqualTo(3);
		assertThat(take(bucket, start + second / 10, 4)).isEqualTo(1);
		assertThat(take(bucket, start + 2 * second, 4)).as("the clock went over its end").isEqualTo(3);
	}

	private static int take(TokenBucket bucket, long now, int times) {
		int taken = 0;
		for (int i = 0; i < times; i++) {
			taken += bucket.take(now) ? 1 : 0;
		}
		return taken;
	}

	private static ConnectionLimits limits(int max, int perAddress, int perPrincipal, int perSecond) {
		return new ConnectionLimits(max, perAddress, perPrincipal, perSecond, 0, 0, Long.MAX_VALUE, Long.MAX_VALUE);
	}

}
