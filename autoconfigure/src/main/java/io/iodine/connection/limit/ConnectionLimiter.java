package io.iodine.connection.limit;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

import io.iodine.concurrent.ThrottledLog;
import io.netty.util.NetUtil;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Counts connections and upgrades, and rejects those above a limit. Addresses and names
 * are kept only while they have a permit. Any thread.
 */
public final class ConnectionLimiter {

	private static final Log logger = LogFactory.getLog(ConnectionLimiter.class);

	private final AdmissionLimits limits;

	private final AtomicInteger permits = new AtomicInteger();

	private final ConcurrentMap<Object, Integer> addresses = new ConcurrentHashMap<>();

	private final ConcurrentMap<Object, Integer> principals = new ConcurrentHashMap<>();

	/** Guarded by itself. */
	private final @Nullable TokenBucket rate;

	private final LongSupplier clock;

	private final ThrottledLog rejections;

	/** Releases a permit that counts for no address and no user; one for all of them. */
	private final Runnable release = this.permits::decrementAndGet;

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
		this.rejections = new ThrottledLog(logger, 1, clock);
		this.rate = (limits.maxPerSecond() > 0)
				? new TokenBucket(limits.maxPerSecond(), limits.maxPerSecond(), clock.getAsLong()) : null;
	}

	/**
	 * Acquires a permit.
	 * @param address the address of the client, from a trusted proxy's header if there is
	 * one; null on a Unix socket
	 * @param principal the name of the user; null when unknown
	 * @return a permit, which may be rejected; its owner releases it
	 */
	public Permit acquire(@Nullable InetSocketAddress address, @Nullable String principal) {
		Object network = (this.limits.maxPerAddress() > 0) ? network(address) : null;
		String user = (this.limits.maxPerPrincipal() > 0) ? principal : null;
		RejectionReason rejection = rejection(network, user);
		if (rejection == null) {
			return Permit.granted((network == null && user == null) ? this.release : () -> release(network, user));
		}
		logRejection(rejection, address, principal);
		return Permit.rejected(rejection);
	}

	/**
	 * Number of permits held by requests and connections.
	 * @return the number
	 */
	public int inUse() {
		return this.permits.get();
	}

	private void release(@Nullable Object network, @Nullable String principal) {
		this.permits.decrementAndGet();
		decrement(this.addresses, network);
		decrement(this.principals, principal);
	}

	private @Nullable RejectionReason rejection(@Nullable Object network, @Nullable String principal) {
		if (!isBelow(this.permits.getAndIncrement(), this.limits.max())) {
			this.permits.decrementAndGet();
			return RejectionReason.TOTAL;
		}
		if (!increment(this.addresses, network, this.limits.maxPerAddress())) {
			this.permits.decrementAndGet();
			return RejectionReason.ADDRESS;
		}
		if (!increment(this.principals, principal, this.limits.maxPerPrincipal())) {
			this.permits.decrementAndGet();
			decrement(this.addresses, network);
			return RejectionReason.PRINCIPAL;
		}
		if (!isInTime()) {
			release(network, principal);
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

	private void logRejection(RejectionReason rejection, @Nullable InetSocketAddress address,
			@Nullable String principal) {
		this.rejections.warn(() -> "Rejected an upgrade" + switch (rejection) {
			case ADDRESS -> " of address " + address + " (iodine.connections.max-per-address)";
			case PRINCIPAL -> " of user " + principal + " (iodine.connections.max-per-principal)";
			case RATE -> " (iodine.connections.max-per-second)";
			default -> " (iodine.connections.max)";
		});
	}

	/**
	 * The key of an address. For IPv6 it is the network of 64 bits, because one site owns
	 * all of its addresses.
	 */
	private static @Nullable Object network(@Nullable InetSocketAddress address) {
		if (address == null) {
			return null;
		}
		// an address from a proxy's header is unresolved
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
		if (key == null) {
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
