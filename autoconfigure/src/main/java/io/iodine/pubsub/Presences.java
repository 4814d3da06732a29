package io.iodine.pubsub;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.iodine.Message;
import io.iodine.PresenceListener;
import io.iodine.PresenceMember;
import io.iodine.Subscription;
import io.iodine.concurrent.CallbackExecutor;
import org.jspecify.annotations.Nullable;

/**
 * The members of channels that joined in this process, announced to other processes in
 * time, and the listeners of members. Joins and leaves are found by comparing the members
 * before and now, so that nothing that gets lost on the way stays lost.
 */
final class Presences implements AutoCloseable {

	/** A round of refreshing is spread over so many parts. */
	private static final int SLICES_A_ROUND = 16;

	private final PresenceSettings settings;

	private final PubSubLimits limits;

	private final CallbackExecutor callbacks;

	private final PubSubObserver observer;

	private volatile PresenceStore store = new InThisProcess();

	/** Guarded by this, as is the rest: members who joined, by channel and name. */
	private final Map<String, Map<String, Joined>> joined = new HashMap<>();

	private final PresenceAnnouncer announcer = new PresenceAnnouncer(this, this.store, this::member);

	/** Whom the announcer has still to be reminded of in this round. */
	private final Deque<Place> round = new ArrayDeque<>();

	private final Map<String, PresenceWatch> watches = new HashMap<>();

	private int size;

	/** Made when first needed. */
	private @Nullable ScheduledThreadPoolExecutor thread;

	private boolean closed;

	Presences(PresenceSettings settings, PubSubLimits limits, CallbackExecutor callbacks, PubSubObserver observer) {
		this.settings = settings;
		this.limits = limits;
		this.callbacks = callbacks;
		this.observer = observer;
	}

	synchronized void keepIn(PresenceStore next) {
		this.store = next;
		this.announcer.use(next);
	}

	PresenceSettings settings() {
		return this.settings;
	}

	CompletionStage<List<PresenceMember>> members(String channel) {
		return this.store.members(channel);
	}

	Runnable join(String channel, PresenceMember member) {
		synchronized (this) {
			refuseClosed(channel);
			Map<String, Joined> members = this.joined.get(channel);
			Joined former = (members != null) ? members.get(member.name()) : null;
			if (former == null) {
				admit(channel);
				this.joined.computeIfAbsent(channel, (name) -> new HashMap<>()).put(member.name(), new Joined(member));
				this.announcer.joined(channel, member.name());
			}
			else {
				former.times++;
				change(channel, former, member);
			}
			look(channel);
		}
		AtomicBoolean ended = new AtomicBoolean();
		return () -> {
			if (ended.compareAndSet(false, true)) {
				leave(channel, member.name());
			}
		};
	}

	synchronized Subscription listen(String channel, PresenceListener listener) {
		refuseClosed(channel);
		SerialListener queued = new SerialListener(PresenceWatch.hearing(listener), this.callbacks,
				this.limits.listenerMaxPending(), this.observer);
		onThread(() -> watch(channel).add(queued));
		return new Listening(channel, () -> {
			queued.end();
			onThread(() -> unlisten(channel, queued));
		});
	}

	/** Runs a task on the thread of all watches. */
	void onThread(Runnable task) {
		onThreadAfter(0, task);
	}

	/** Runs a task on the thread of all watches, in some time. */
	synchronized void onThreadAfter(long millis, Runnable task) {
		if (!this.closed) {
			Future<?> unused = thread().schedule(task, millis, TimeUnit.MILLISECONDS);
		}
	}

	@Override
	public synchronized void close() {
		this.closed = true;
		this.round.clear();
		Map<String, Map<String, Joined>> all = Map.copyOf(this.joined);
		this.joined.clear();
		all.forEach((channel, members) -> members.values()
			.forEach((joined) -> this.announcer.left(channel, joined.member)));
		if (this.thread != null) {
			this.thread.shutdownNow();
		}
	}

	/** Who joined again may have brought other data. */
	private void change(String channel, Joined joined, PresenceMember next) {
		PresenceMember former = joined.member;
		if (next.data().isPresent() && !data(next).equals(data(former))) {
			joined.member = next;
			this.announcer.left(channel, former);
			this.announcer.joined(channel, next.name());
		}
	}

	private static String data(PresenceMember member) {
		return member.data().map(Message::asText).orElse("");
	}

	private @Nullable PresenceMember member(String channel, String name) {
		Map<String, Joined> members = this.joined.get(channel);
		Joined joined = (members != null) ? members.get(name) : null;
		return (joined != null) ? joined.member : null;
	}

	private synchronized PresenceWatch watch(String channel) {
		return this.watches.computeIfAbsent(channel, (name) -> new PresenceWatch(this, name));
	}

	private synchronized void unlisten(String channel, SerialListener listener) {
		PresenceWatch watch = this.watches.get(channel);
		if (watch != null && watch.remove(listener)) {
			this.watches.remove(channel);
		}
	}

	private synchronized void leave(String channel, String name) {
		Map<String, Joined> members = this.joined.get(channel);
		if (members == null) {
			return;
		}
		Joined joined = members.get(name);
		if (joined == null || --joined.times > 0) {
			return;
		}
		members.remove(name);
		this.size--;
		if (members.isEmpty()) {
			this.joined.remove(channel);
		}
		this.announcer.left(channel, joined.member);
		look(channel);
	}

	private void admit(String channel) {
		if (this.size >= this.settings.maxMembers()) {
			throw new IllegalStateException("can't join channel '" + channel + "': " + this.settings.maxMembers()
					+ " members (iodine.pubsub.presence.max-members) joined in this process");
		}
		if (this.size++ == 0) {
			refreshLater();
		}
	}

	private void refreshLater() {
		onThreadAfter(refreshInterval(this.settings.timeToLive()), this::refresh);
	}

	/** Milliseconds between two parts of a round. */
	static long refreshInterval(Duration timeToLive) {
		return Math.max(1, timeToLive.toMillis() / 3 / SLICES_A_ROUND);
	}

	/**
	 * Says of a part of the members that they are there, so that all are named three
	 * times in the time to live; later when the store has not taken the part before.
	 */
	private synchronized void refresh() {
		if (this.announcer.isIdle()) {
			if (this.round.isEmpty()) {
				this.joined.forEach((channel, members) -> members.keySet()
					.forEach((name) -> this.round.add(new Place(channel, name))));
			}
			int slice = this.size / SLICES_A_ROUND + 1;
			for (int i = 0; i < slice && !this.round.isEmpty(); i++) {
				Place next = this.round.remove();
				this.announcer.joined(next.channel, next.name);
			}
		}
		if (this.size > 0) {
			refreshLater();
		}
	}

	/** The members changed here: look again at once. */
	private void look(String channel) {
		PresenceWatch watch = this.watches.get(channel);
		if (watch != null) {
			onThread(watch::look);
		}
	}

	private ScheduledThreadPoolExecutor thread() {
		if (this.thread == null) {
			this.thread = new ScheduledThreadPoolExecutor(1, (task) -> {
				Thread made = new Thread(task, "iodine-presence");
				made.setDaemon(true);
				return made;
			});
		}
		return this.thread;
	}

	private void refuseClosed(String channel) {
		if (this.closed) {
			throw new IllegalStateException(
					"can't follow the members of channel '" + channel + "': the application context is closed");
		}
	}

	private record Listening(String channel, Runnable end) implements Subscription {

		@Override
		public void close() {
			this.end.run();
		}

	}

	/** A member who joined here. */
	private static final class Joined {

		private PresenceMember member;

		private int times = 1;

		Joined(PresenceMember member) {
			this.member = member;
		}

	}

	/** A member by its channel and name. */
	private record Place(String channel, String name) {
	}

	/** Without a broker, the members of this process are all members. */
	private final class InThisProcess implements PresenceStore {

		@Override
		public CompletionStage<?> refresh(String channel, Collection<PresenceMember> members) {
			return CompletableFuture.completedStage(null);
		}

		@Override
		public CompletionStage<?> remove(String channel, Collection<PresenceMember> members) {
			return CompletableFuture.completedStage(null);
		}

		@Override
		public CompletionStage<List<PresenceMember>> members(String channel) {
			synchronized (Presences.this) {
				Map<String, Joined> members = Presences.this.joined.getOrDefault(channel, Map.of());
				return CompletableFuture
					.completedStage(members.values().stream().map((joined) -> joined.member).toList());
			}
		}

	}

}
