package io.iodine.connection.limit;

import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicLong;

import io.iodine.RecordedLog;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** Tests for {@link ConnectionLimiter}. */
class ConnectionLimiterTests {

	private static final InetSocketAddress HERE = new InetSocketAddress("192.0.2.1", 1);

	private static final InetSocketAddress THERE = new InetSocketAddress("192.0.2.2", 1);

	@Test
	void aPermitIsFreeOnceHoweverOftenItIsReleased() {
		ConnectionLimiter limiter = new ConnectionLimiter(limits(1, 0, 0, 0));
		Permit first = limiter.acquire(HERE, null);

		assertThat(limiter.acquire(HERE, null).rejection()).contains(RejectionReason.TOTAL);
		first.release();
		first.release();

		assertThat(limiter.acquire(HERE, null).rejection()).isEmpty();
		assertThat(limiter.acquire(HERE, null).rejection()).contains(RejectionReason.TOTAL);
	}

	@Test
	void aConnectionKeepsItsPlaceWhenItsRequestEnds() {
		ConnectionLimiter limiter = new ConnectionLimiter(limits(1, 0, 0, 0));
		Permit permit = limiter.acquire(HERE, null);
		permit.use();

		permit.release();
		assertThat(limiter.acquire(HERE, null).rejection()).contains(RejectionReason.TOTAL);
		permit.end();

		assertThat(limiter.acquire(HERE, null).rejection()).isEmpty();
	}

	@Test
	void aPermitHasOneOwnerAtATimeAndOnlyItsOwnerReleasesIt() {
		ConnectionLimiter limiter = new ConnectionLimiter(limits(0, 0, 0, 0));
		Permit permit = limiter.acquire(HERE, null);

		permit.disarm();
		permit.end();
		assertThat(limiter.inUse()).isEqualTo(1);
		assertThat(permit.arm()).isTrue();
		assertThat(permit.arm()).isFalse();
		permit.release();
		permit.end();
		assertThat(limiter.inUse()).isEqualTo(1);
		permit.use();
		permit.release();
		permit.disarm();
		assertThat(limiter.inUse()).isEqualTo(1);
		permit.end();
		permit.end();
		assertThat(limiter.inUse()).isZero();
	}

	@Test
	void theTakeOverReleasesThePermitOfAConnectionThatNeverOpens() {
		ConnectionLimiter limiter = new ConnectionLimiter(limits(0, 0, 0, 0));
		Permit permit = limiter.acquire(HERE, null);
		permit.arm();

		permit.disarm();

		assertThat(limiter.inUse()).isZero();
		assertThat(permit.arm()).isFalse();
		assertThatIllegalStateException().isThrownBy(permit::use);
	}

	@Test
	void aPermitThatIsNotCountedOrRefusedReleasesNothing() {
		ConnectionLimiter limiter = new ConnectionLimiter(limits(1, 0, 0, 0));
		limiter.acquire(HERE, null);
		Permit refused = limiter.acquire(HERE, null);

		refused.release();
		Permit.uncounted().release();

		assertThat(limiter.inUse()).isEqualTo(1);
		assertThat(Permit.uncounted().rejection()).isEmpty();
	}

	@Test
	void whatIsReleasedIsForgotten() {
		ConnectionLimiter limiter = new ConnectionLimiter(limits(0, 2, 2, 0));
		Permit one = limiter.acquire(HERE, "ann");
		Permit other = limiter.acquire(HERE, "ann");
		assertThat(limiter.acquire(HERE, "bob").rejection()).contains(RejectionReason.ADDRESS);
		assertThat(limiter.acquire(THERE, "ann").rejection()).contains(RejectionReason.PRINCIPAL);
		assertThat(limiter.acquire(THERE, "bob").rejection()).isEmpty();

		one.release();
		assertThat(limiter.acquire(HERE, "ann").rejection()).isEmpty();
		assertThat(limiter.acquire(HERE, "ann").rejection()).contains(RejectionReason.ADDRESS);
		other.release();
		assertThat(limiter.inUse()).isEqualTo(2);
	}

	@Test
	void aRejectionIsLoggedWithItsPropertyAtMostEveryTenSeconds() {
		try (RecordedLog log = new RecordedLog(ConnectionLimiter.class)) {
			AtomicLong now = new AtomicLong(-5);
			ConnectionLimiter limiter = new ConnectionLimiter(limits(3, 1, 1, 3), now::get);
			limiter.acquire(HERE, "ann");

			assertThat(limiter.acquire(HERE, "bob").rejection()).contains(RejectionReason.ADDRESS);
			now.addAndGet(9_999_999_999L);
			assertThat(limiter.acquire(THERE, "ann").rejection()).contains(RejectionReason.PRINCIPAL);
			assertThat(log.lines()).containsExactly(
					"WARN Rejected an upgrade of address /192.0.2.1:1 (iodine.connections.max-per-address)");
			now.addAndGet(1);
			limiter.acquire(THERE, "ann");
			assertThat(log.lines()).last()
				.isEqualTo("WARN Rejected an upgrade of user ann (iodine.connections.max-per-principal),"
						+ " and 1 more since the last such line");
			limiter.acquire(null, null);
			limiter.acquire(null, null);
			now.addAndGet(10_000_000_000L);
			assertThat(limiter.acquire(null, null).rejection()).contains(RejectionReason.TOTAL);
			assertThat(log.lines()).hasSize(3).last().isEqualTo("WARN Rejected an upgrade (iodine.connections.max)");
		}
	}

	@Test
	void upgradesInASecondAreBoundedByTheClock() {
		try (RecordedLog log = new RecordedLog(ConnectionLimiter.class)) {
			AtomicLong now = new AtomicLong();
			ConnectionLimiter limiter = new ConnectionLimiter(limits(0, 0, 0, 2), now::get);
			limiter.acquire(HERE, null);
			limiter.acquire(HERE, null);

			assertThat(limiter.acquire(HERE, null).rejection()).contains(RejectionReason.RATE);
			assertThat(log.lines()).containsExactly("WARN Rejected an upgrade (iodine.connections.max-per-second)");
			assertThat(limiter.inUse()).isEqualTo(2);
			now.addAndGet(499_000_000);
			assertThat(limiter.acquire(HERE, null).rejection()).contains(RejectionReason.RATE);
			now.addAndGet(2_000_000);
			assertThat(limiter.acquire(HERE, null).rejection()).isEmpty();
		}
	}

	@Test
	void anAddressHasItsShare() {
		ConnectionLimiter limiter = new ConnectionLimiter(limits(0, 2, 0, 0));
		Permit first = limiter.acquire(HERE, null);
		limiter.acquire(new InetSocketAddress("192.0.2.1", 2), null);

		assertThat(limiter.acquire(HERE, null).rejection()).contains(RejectionReason.ADDRESS);
		assertThat(limiter.acquire(THERE, null).rejection()).isEmpty();
		assertThat(limiter.acquire(null, null).rejection()).isEmpty();
		first.release();

		assertThat(limiter.acquire(HERE, null).rejection()).isEmpty();
	}

	@Test
	void anAddressThatProxiesTellIsTheSameAddress() {
		ConnectionLimiter limiter = new ConnectionLimiter(limits(0, 1, 0, 0));
		limiter.acquire(HERE, null);

		assertThat(limiter.acquire(InetSocketAddress.createUnresolved("192.0.2.1", 0), null).rejection())
			.contains(RejectionReason.ADDRESS);
	}

	@Test
	void aNetworkOfIpVersion6IsOneAddress() {
		ConnectionLimiter limiter = new ConnectionLimiter(limits(0, 1, 0, 0));
		limiter.acquire(new InetSocketAddress("2001:db8:1:2::1", 1), null);

		assertThat(limiter.acquire(new InetSocketAddress("2001:db8:1:2:ffff::2", 1), null).rejection())
			.contains(RejectionReason.ADDRESS);
		assertThat(limiter.acquire(new InetSocketAddress("2001:db8:1:3::1", 1), null).rejection()).isEmpty();
	}

	@Test
	void aUserHasTheirShareWhereverTheyComeFrom() {
		ConnectionLimiter limiter = new ConnectionLimiter(limits(0, 5, 1, 0));
		Permit first = limiter.acquire(HERE, "ada");

		assertThat(limiter.acquire(THERE, "ada").rejection()).contains(RejectionReason.PRINCIPAL);
		assertThat(limiter.acquire(THERE, "bob").rejection()).isEmpty();
		assertThat(limiter.acquire(THERE, null).rejection()).isEmpty();
		first.release();

		assertThat(limiter.acquire(THERE, "ada").rejection()).isEmpty();
	}

	@Test
	void whoeverIsRefusedTakesNobodysPlace() {
		ConnectionLimiter limiter = new ConnectionLimiter(limits(2, 1, 1, 0));
		Permit first = limiter.acquire(HERE, "ada");
		for (int i = 0; i < 10; i++) {
			assertThat(limiter.acquire(HERE, "bob").rejection()).contains(RejectionReason.ADDRESS);
			assertThat(limiter.acquire(THERE, "ada").rejection()).contains(RejectionReason.PRINCIPAL);
		}
		first.release();

		assertThat(limiter.acquire(HERE, "bob").rejection()).isEmpty();
		assertThat(limiter.acquire(THERE, "ada").rejection()).isEmpty();
	}

	@Test
	void soManyComeInASecond() {
		ConnectionLimiter limiter = new ConnectionLimiter(limits(0, 0, 0, 1));
		limiter.acquire(HERE, null);

		assertThat(limiter.acquire(HERE, null).rejection()).contains(RejectionReason.RATE);
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

	private static AdmissionLimits limits(int max, int perAddress, int perPrincipal, int perSecond) {
		return new AdmissionLimits(max, perAddress, perPrincipal, perSecond, 0, 0, Long.MAX_VALUE, Long.MAX_VALUE);
	}

}
