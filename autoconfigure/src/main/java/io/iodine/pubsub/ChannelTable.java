package io.iodine.pubsub;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import io.iodine.ChannelInfo;
import io.iodine.Message;
import org.jspecify.annotations.Nullable;

/**
 * The subscribers of channels and patterns. Delivering takes no lock: it reads arrays
 * that are replaced, never changed. A channel without subscribers has no entry.
 */
final class ChannelTable {

	private final ConcurrentMap<String, Receiver[]> channels = new ConcurrentHashMap<>();

	private final Object patternChange = new Object();

	private volatile PatternEntry[] patterns = {};

	private final ChannelTransitions transitions;

	ChannelTable(ChannelTransitions transitions) {
		this.transitions = transitions;
	}

	/**
	 * Hands a message to the subscribers of the channel, then to those of each pattern
	 * that matches, on the calling thread.
	 * @return how many subscriptions got it
	 */
	int deliver(String channel, Message message) {
		return deliverToChannel(channel, message) + deliverToPatterns(channel, message);
	}

	/** Hands a message to the subscribers of the channel by its name only. */
	int deliverToChannel(String channel, Message message) {
		Receiver[] exact = this.channels.get(channel);
		return (exact != null) ? deliver(exact, channel, message) : 0;
	}

	/** Hands a message to those of each pattern that matches only. */
	int deliverToPatterns(String channel, Message message) {
		int delivered = 0;
		PatternEntry[] candidates = this.patterns;
		if (candidates.length > 0 && !ReservedChannels.contains(channel)) {
			byte[] name = channel.getBytes(StandardCharsets.UTF_8);
			for (PatternEntry candidate : candidates) {
				if (candidate.glob.matches(name)) {
					delivered += deliver(candidate.receivers, channel, message);
				}
			}
		}
		return delivered;
	}

	private int deliver(Receiver[] receivers, String channel, Message message) {
		for (Receiver receiver : receivers) {
			receiver.receive(channel, message);
		}
		return receivers.length;
	}

	void add(ChannelKey key, Receiver receiver) {
		if (key.pattern()) {
			addToPattern(key, receiver);
		}
		else {
			this.channels.compute(key.name(), (name, receivers) -> {
				if (receivers == null) {
					this.transitions.firstSubscription(key);
				}
				return with(receivers, receiver);
			});
		}
	}

	/**
	 * Removes one subscription.
	 * @return whether it was there
	 */
	boolean remove(ChannelKey key, Receiver receiver) {
		if (key.pattern()) {
			return removeFromPattern(key, receiver);
		}
		boolean[] removed = new boolean[1];
		this.channels.computeIfPresent(key.name(), (name, receivers) -> {
			Receiver[] remaining = without(receivers, receiver);
			removed[0] = remaining.length < receivers.length;
			if (remaining.length > 0) {
				return remaining;
			}
			this.transitions.lastSubscriptionEnded(key);
			return null;
		});
		return removed[0];
	}

	private void addToPattern(ChannelKey key, Receiver receiver) {
		synchronized (this.patternChange) {
			PatternEntry[] entries = this.patterns;
			int index = indexOf(entries, key.name());
			if (index < 0) {
				this.transitions.firstSubscription(key);
				entries = Arrays.copyOf(entries, entries.length + 1);
				entries[entries.length - 1] = new PatternEntry(key.name(), GlobPattern.compile(key.name()),
						with(null, receiver));
			}
			else {
				entries = entries.clone();
				entries[index] = entries[index].withReceivers(with(entries[index].receivers, receiver));
			}
			this.patterns = entries;
		}
	}

	private boolean removeFromPattern(ChannelKey key, Receiver receiver) {
		synchronized (this.patternChange) {
			PatternEntry[] entries = this.patterns;
			int index = indexOf(entries, key.name());
			if (index < 0) {
				return false;
			}
			Receiver[] remaining = without(entries[index].receivers, receiver);
			if (remaining.length == entries[index].receivers.length) {
				return false;
			}
			if (remaining.length == 0) {
				this.transitions.lastSubscriptionEnded(key);
				this.patterns = without(entries, index);
			}
			else {
				PatternEntry[] changed = entries.clone();
				changed[index] = entries[index].withReceivers(remaining);
				this.patterns = changed;
			}
			return true;
		}
	}

	int subscriptions(ChannelKey key) {
		if (key.pattern()) {
			PatternEntry[] entries = this.patterns;
			int index = indexOf(entries, key.name());
			return (index < 0) ? 0 : entries[index].receivers.length;
		}
		Receiver[] receivers = this.channels.get(key.name());
		return (receivers == null) ? 0 : receivers.length;
	}

	int channelCount() {
		return this.channels.size();
	}

	int patternCount() {
		return this.patterns.length;
	}

	/** All channels, then all patterns, by name. */
	List<ChannelInfo> infos() {
		List<ChannelInfo> infos = new ArrayList<>();
		this.channels.forEach((name, receivers) -> {
			if (!ReservedChannels.contains(name)) {
				infos.add(new ChannelInfo(name, false, count(receivers)));
			}
		});
		for (PatternEntry entry : this.patterns) {
			infos.add(new ChannelInfo(entry.name, true, count(entry.receivers)));
		}
		infos.sort(Comparator.comparing(ChannelInfo::pattern).thenComparing(ChannelInfo::name));
		return infos;
	}

	private static int count(Receiver[] receivers) {
		return Arrays.stream(receivers).mapToInt(Receiver::subscribers).sum();
	}

	Set<String> channels() {
		return new TreeSet<>(this.channels.keySet());
	}

	Set<String> patterns() {
		Set<String> names = new TreeSet<>();
		for (PatternEntry entry : this.patterns) {
			names.add(entry.name);
		}
		return names;
	}

	private static Receiver[] with(Receiver @Nullable [] receivers, Receiver added) {
		if (receivers == null) {
			return new Receiver[] { added };
		}
		Receiver[] more = Arrays.copyOf(receivers, receivers.length + 1);
		more[receivers.length] = added;
		return more;
	}

	private static Receiver[] without(Receiver[] receivers, Receiver removed) {
		for (int i = 0; i < receivers.length; i++) {
			if (receivers[i] == removed) {
				return without(receivers, i);
			}
		}
		return receivers;
	}

	private static <T> T[] without(T[] elements, int index) {
		T[] fewer = Arrays.copyOf(elements, elements.length - 1);
		System.arraycopy(elements, index + 1, fewer, index, fewer.length - index);
		return fewer;
	}

	private static int indexOf(PatternEntry[] entries, String name) {
		for (int i = 0; i < entries.length; i++) {
			if (entries[i].name.equals(name)) {
				return i;
			}
		}
		return -1;
	}

	private static final class PatternEntry {

		private final String name;

		private final GlobPattern glob;

		private final Receiver[] receivers;

		PatternEntry(String name, GlobPattern glob, Receiver[] receivers) {
			this.name = name;
			this.glob = glob;
			this.receivers = receivers;
		}

		PatternEntry withReceivers(Receiver[] receivers) {
			return new PatternEntry(this.name, this.glob, receivers);
		}

	}

}
