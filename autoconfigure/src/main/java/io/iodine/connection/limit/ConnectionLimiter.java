package io.iodine.connection.limit;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

import io.netty.util.NetUtil;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Counts connections and upgrades, and rejects those above a limit. It remembers an
 * address or a name only while it is in. Any thread.
 */
public final class ConnectionLimiter {

	private static final Log logger = LogFactory.getLog(ConnectionLimiter.class);

	private static final long COMPLAINT_NANOS = 10_000_000_000L;

	private final AdmissionLimits limits;

	private final AtomicInteger inside = new AtomicInteger();

	private final ConcurrentMap<Object, Integer> addresses = new ConcurrentHashMap<>();

	private final ConcurrentMap<Object, Integer> principals = new ConcurrentHashMap<>();

	/** Guarded by itself. */
	private final @Nullable TokenBucket rate;

	private final LongSupplier clock;

	private final AtomicLong complainedAt;

	/**
	 * Creates a limiter.
	 * @param limits the limits
	 */
	public ConnectionLimiter(AdmissionLimits limits) {
		this(limits, System::nanoTime);
	}

	/** With a clock of nanoseconds, of any origin. */
	ConnectionLimiter(AdmissionLimits limits, LongSupplier clock) {
		this.limits = limits;
		this.clock = clock;
		this.complainedAt = new AtomicLong(clock.getAsLong() - COMPLAINT_NANOS);
		this.rate = (limits.maxPerSecond() > 0)
				? new TokenBucket(limits.maxPerSecond(), limits.maxPerSecond(), clock.getAsLong()) : null;
	}

	/**
	 * Asks to come in.
	 * @param address the client's, as trusted proxies tell it; null on a Unix socket
	 * @param principal its name, when it is known
	 * @return a pass, which may be refused; to be given back
	 */
	public Permit enter(@Nullable InetSocketAddress address, @Nullable String principal) {
		Permit pass = new Permit(this, network(address), principal);
		RejectionReason refusal = refusal(pass);
		if (refusal == null) {
			return pass;
		}
		complain(refusal, address, principal);
		return Permit.refused(refusal);
	}

	/**
	 * How many permits are held by requests and connections.
	 * @return the number
	 */
	public int inUse() {
		return this.inside.get();
	}

	void leave(@Nullable Object network, @Nullable String principal) {
		this.inside.decrementAndGet();
		decrement(this.addresses, network);
		decrement(this.principals, principal);
	}

	private @Nullable RejectionReason refusal(Permit pass) {
		if (!isBelow(this.inside.getAndIncrement(), this.limits.max())) {
			this.inside.decrementAndGet();
			return RejectionReason.TOTAL;
		}
		if (!increment(this.addresses, pass.network(), this.limits.maxPerAddress())) {
			this.inside.decrementAndGet();
			return RejectionReason.ADDRESS;
		}
		if (!increment(this.principals, pass.principal(), this.limits.maxPerPrincipal())) {
			this.inside.decrementAndGet();
			decrement(this.addresses, pass.network());
			return RejectionReason.PRINCIPAL;
		}
		if (!isInTime()) {
			leave(pass.network(), pass.principal());
			return RejectionReason.RATE;
		}
		return null;
	}

	private boolean isInTime() {
		TokenBucket bucket = this.rate;
		if (bucket == null) {
			return true;
		}
		synchronized (bucket) {
			return bucket.take(this.clock.getAsLong());
		}
	}

	private void complain(RejectionReason refusal, @Nullable InetSocketAddress address, @Nullable String principal) {
		long now = this.clock.getAsLong();
		long last = this.complainedAt.get();
		if (now - last >= COMPLAINT_NANOS && this.complainedAt.compareAndSet(last, now)) {
			logger.warn("Refused an upgrade" + switch (refusal) {
				case ADDRESS -> " of address " + address + " (iodine.connections.max-per-address)";
				case PRINCIPAL -> " of user " + principal + " (iodine.connections.max-per-principal)";
				case RATE -> " (iodine.connections.max-per-second)";
				default -> " (iodine.connections.max)";
			} + "; further refusals are counted, and logged at most every 10 s");
		}
	}

	/**
	 * What counts as one address: of IPv6 the network of 64 bits, of which a single
	 * household has all addresses.
	 */
	private static @Nullable Object network(@Nullable InetSocketAddress address) {
		if (address == null) {
			return null;
		}
		// what proxies say has not been resolved
		InetAddress resolved = (address.getAddress() != null) ? address.getAddress()
				: NetUtil.createInetAddressFromIpAddressString(address.getHostString());
		if (resolved instanceof Inet6Address v6) {
			return ByteBuffer.wrap(v6.getAddress()).getLong();
		}
		return (resolved != null) ? resolved : address.getHostString();
	}

	private static boolean isBelow(int count, int max) {
		return max == 0 || count < max;
	}

	private static boolean increment(ConcurrentMap<Object, Integer> counts, @Nullable Object key, int max) {
		if (key == null || max == 0) {
			return true;
		}
		int[] before = { 0 };
		counts.compute(key, (same, count) -> {
			before[0] = (count != null) ? count : 0;
			return isBelow(before[0], max) ? Integer.valueOf(before[0] + 1) : count;
		});
		return isBelow(before[0], max);
	}

	private static void decrement(ConcurrentMap<Object, Integer> counts, @Nullable Object key) {
		if (key != null) {
			counts.computeIfPresent(key, (same, count) -> (count > 1) ? count - 1 : null);
		}
	}

}
