package io.iodine.process;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;

import io.netty.channel.unix.DomainSocketAddress;

/**
 * Names a listening socket between processes: {@code tcp 0.0.0.0 8080 1} or
 * {@code unix /path 1}. The last number tells sockets apart that ask for any free port.
 *
 * @param address where it listens
 * @param ordinal counts the sockets of one process at this address, from 1
 */
record ListenAddress(SocketAddress address, int ordinal) {

	static SocketAddress normalize(SocketAddress address) {
		if (address instanceof UnixDomainSocketAddress unix) {
			return new DomainSocketAddress(unix.getPath().toAbsolutePath().toString());
		}
		if (address instanceof DomainSocketAddress unix) {
			return new DomainSocketAddress(Path.of(unix.path()).toAbsolutePath().toString());
		}
		if (address instanceof InetSocketAddress tcp && !tcp.isUnresolved()) {
			return tcp;
		}
		throw new IllegalArgumentException("can't listen on " + address);
	}

	static ListenAddress parse(String text) throws UnknownHostException {
		String[] words = text.split("\n", -1);
		int ordinal = Integer.parseInt(words[words.length - 1]);
		if (words[0].equals("unix")) {
			return new ListenAddress(new DomainSocketAddress(words[1]), ordinal);
		}
		InetAddress host = InetAddress.getByName(words[1]);
		return new ListenAddress(new InetSocketAddress(host, Integer.parseInt(words[2])), ordinal);
	}

	String format() {
		if (this.address instanceof InetSocketAddress tcp) {
			return String.join("\n", "tcp", tcp.getAddress().getHostAddress(), String.valueOf(tcp.getPort()),
					String.valueOf(this.ordinal));
		}
		return String.join("\n", "unix", ((DomainSocketAddress) this.address).path(), String.valueOf(this.ordinal));
	}

	@Override
	public String toString() {
		return (this.address instanceof DomainSocketAddress unix) ? "unix:" + unix.path() : this.address.toString();
	}

}
