package io.iodine.process;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.BitSet;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.netty.channel.ServerChannel;
import io.netty.channel.unix.FileDescriptor;

/** The listening sockets of a worker, all of which the master has. */
public final class SocketsOfMaster implements InheritedSockets {

	private final WorkerProcess worker;

	private final AcceptGate gate = new AcceptGate();

	/** Which sockets of an address are open here. */
	private final Map<SocketAddress, BitSet> ordinals = new ConcurrentHashMap<>();

	/**
	 * The sockets of a worker.
	 * @param worker the worker
	 */
	public SocketsOfMaster(WorkerProcess worker) {
		this.worker = worker;
	}

	@Override
	public boolean has(SocketAddress address) {
		return true;
	}

	@Override
	public ServerChannel take(SocketAddress address) throws IOException {
		SocketAddress wanted = ListenAddress.normalize(address);
		int ordinal = next(wanted);
		try {
			FileDescriptor descriptor = this.worker.takeSocket(wanted, ordinal);
			return this.gate.channel(descriptor, wanted, () -> free(wanted, ordinal));
		}
		catch (IOException ex) {
			free(wanted, ordinal);
			throw ex;
		}
	}

	private int next(SocketAddress address) {
		int[] ordinal = new int[1];
		this.ordinals.compute(address, (known, taken) -> {
			BitSet ordinals = (taken != null) ? taken : new BitSet();
			ordinal[0] = ordinals.nextClearBit(1);
			ordinals.set(ordinal[0]);
			return ordinals;
		});
		return ordinal[0];
	}

	private void free(SocketAddress address, int ordinal) {
		this.ordinals.computeIfPresent(address, (known, taken) -> {
			taken.clear(ordinal);
			return taken.isEmpty() ? null : taken;
		});
	}

	@Override
	public void accept() {
		this.gate.open();
	}

	@Override
	public void stopAccepting() {
		this.gate.close();
	}

}
