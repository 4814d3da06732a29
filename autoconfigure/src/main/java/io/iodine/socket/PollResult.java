package io.iodine.socket;

import java.util.HashSet;
import java.util.Set;

import io.iodine.net.NamedClient;
import io.iodine.net.NamedClients.Iteration;

/** Collects what has happened to named clients since the last poll. In polls only. */
final class PollResult {

	final Set<NamedClient> connectedExpected = new HashSet<>();

	final Set<NamedClient> connectedUnknown = new HashSet<>();

	final Set<NamedClient> disconnected = new HashSet<>();

	final Set<NamedClient> readable = new HashSet<>();

	final Set<NamedClient> outputEmpty = new HashSet<>();

	Iteration iteration() {
		return new Iteration(this.connectedExpected, this.connectedUnknown, this.disconnected, this.readable,
				this.outputEmpty);
	}

}
