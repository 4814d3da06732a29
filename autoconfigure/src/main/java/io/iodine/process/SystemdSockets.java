package io.iodine.process;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * The listening sockets that systemd passed to this process (sd_listen_fds). Each is
 * given to the first listener that binds its port, or its path.
 */
public final class SystemdSockets {

	private static final int FIRST = 3;

	private static final int MOST = 1024;

	private final Map<FileDescriptor, String> passed = new LinkedHashMap<>();

	private SystemdSockets(int count) {
		if (count > 0) {
			// loads the native code that looks at descriptors
			Epoll.ensureAvailability();
		}
		for (int i = 0; i < count; i++) {
			FileDescriptor descriptor = new FileDescriptor(FIRST + i);
			this.passed.put(descriptor, nameOf(descriptor.intValue()));
		}
	}

	/**
	 * Finds the sockets of this process.
	 * @return the sockets, usually none
	 */
	public static SystemdSockets ofThisProcess() {
		return new SystemdSockets(count(System.getenv(), ProcessHandle.current().pid()));
	}

	/**
	 * Whether sockets were passed to this process.
	 * @return whether there is any
	 */
	public static boolean arePassedToThisProcess() {
		return count(System.getenv(), ProcessHandle.current().pid()) > 0;
	}

	/** How many sockets were passed to the process of this id. */
	static int count(Map<String, String> environment, long pid) {
		String owner = environment.get("LISTEN_PID");
		String count = environment.get("LISTEN_FDS");
		if (!String.valueOf(pid).equals(owner) || count == null || !count.matches("\\d{1,4}")) {
			return 0;
		}
		return Math.min(MOST, Integer.parseInt(count));
	}

	/**
	 * Takes the socket of an address, once.
	 * @param address the address that a listener binds
	 * @return the socket; empty when none of this port or path was passed
	 */
	synchronized Optional<FileDescriptor> take(SocketAddress address) {
		String wanted = name(address);
		Optional<FileDescriptor> found = this.passed.entrySet()
			.stream()
			.filter((entry) -> entry.getValue().equals(wanted))
			.map(Map.Entry::getKey)
			.findFirst();
		found.ifPresent(this.passed::remove);
		return found;
	}

	/**
	 * The sockets that no listener has taken.
	 * @return what they listen on, such as {@code port 8080}
	 */
	public synchronized List<String> untaken() {
		return List.copyOf(this.passed.values());
	}

	/**
	 * Whether no socket waits to be taken.
	 * @return whether none is left
	 */
	public synchronized boolean isEmpty() {
		return this.passed.isEmpty();
	}

	/** The channels are never registered, and so never closed. */
	private static String nameOf(int descriptor) {
		InetSocketAddress tcp = new EpollServerSocketChannel(descriptor).localAddress();
		if (tcp != null) {
			return name(tcp);
		}
		DomainSocketAddress unix = new EpollServerDomainSocketChannel(descriptor).localAddress();
		return (unix != null) ? name(unix) : "descriptor " + descriptor;
	}

	private static String name(@Nullable SocketAddress address) {
		return (address instanceof InetSocketAddress tcp) ? "port " + tcp.getPort()
				: "unix:" + ((DomainSocketAddress) Objects.requireNonNull(address)).path();
	}

}
