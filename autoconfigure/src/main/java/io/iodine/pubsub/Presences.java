package io.iodine.pubsub;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.iodine.PresenceListener;
import io.iodine.Subscription;
import io.iodine.concurrent.CallbackExecutor;
import org.jspecify.annotations.Nullable;

/**
 * Who is on the channels of this process, told to other processes in time, and who
 * watches them. What listeners hear comes of comparing who was there with who is there,
 * so that nothing that gets lost on the way stays lost.
 */
final class Presences implements AutoCloseable {

	private final PresenceSettings settings;

	private final PubSubLimits limits;

	private final CallbackExecutor callbacks;

	private final PubSubObserver observer;

	private volatile PresenceStore store = new InThisProcess();

	/** Guarded by this, as is the rest: how often members joined, by channel. */
	private final Map<String, Map<String, Integer>> joined = new HashMap<>();

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

	void keepIn(PresenceStore next) {
		this.store = next;
	}

	PresenceSettings settings() {
		return this.settings;
	}

	CompletionStage<Set<String>> members(String channel) {
		return this.store.members(channel);
	}

	Runnable join(String channel, String member) {
		synchronized (this) {
			refuseClosed(channel);
			Map<String, Integer> members = this.joined.computeIfAbsent(channel, (name) -> new HashMap<>());
			if (!members.containsKey(member)) {
				admit(channel);
				this.store.refresh(channel, Set.of(member));
			}
			members.merge(member, 1, Integer::sum);
			look(channel);
		}
		AtomicBoolean ended = new AtomicBoolean();
		return () -> {
			if (ended.compareAndSet(false, true)) {
				leave(channel, member);
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
		this.joined
			.forEach((channel, members) -> members.keySet().forEach((member) -> this.store.remove(channel, member)));
		this.joined.clear();
		if (this.thread != null) {
			this.thread.shutdownNow();
		}
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

	private synchronized void leave(String channel, String member) {
		Map<String, Integer> members = this.joined.get(channel);
		if (members == null) {
			return;
		}
		if (members.merge(member, -1, Integer::sum) == 0) {
			members.remove(member);
			this.size--;
			this.store.remove(channel, member);
			look(channel);
		}
		if (members.isEmpty()) {
			this.joined.remove(channel);
		}
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
		onThreadAfter(Math.max(1, this.settings.timeToLive().toMillis() / 3), this::refresh);
	}

	private synchronized void refresh() {
		this.joined.forEach((channel, members) -> this.store.refresh(channel, Set.copyOf(members.keySet())));
		if (this.size > 0) {
			refreshLater();
		}
	}

	/** Something changed here: whoever watches need not wait. */
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
					"can't follow who is on channel '" + channel + "': the application context is closed");
		}
	}

	private record Listening(String channel, Runnable end) implements Subscription {

		@Override
		public void close() {
			this.end.run();
		}

	}

	/** Without a broker, those who joined here are all. */
	private final class InThisProcess implements PresenceStore {

		@Override
		public void refresh(String channel, Set<String> members) {
			// they are here
		}

		@Override
		public void remove(String channel, String member) {
			// it is not here any more
		}

		@Override
		public CompletionStage<Set<String>> members(String channel) {
			synchronized (Presences.this) {
				Map<String, Integer> members = Presences.this.joined.get(channel);
				return CompletableFuture.completedStage((members != null) ? Set.copyOf(members.keySet()) : Set.of());
			}
		}

	}

}
