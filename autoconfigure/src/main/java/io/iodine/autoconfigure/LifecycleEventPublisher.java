package io.iodine.autoconfigure;

import io.iodine.task.LifecycleEvent;
import io.iodine.task.LifecycleState;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;

/** Publishes one state when its phase starts, and another when its phase stops. */
final class LifecycleEventPublisher implements SmartLifecycle {

	/** Below everything that listens: starts before it, and stops after it. */
	private static final int OUTERMOST = Integer.MIN_VALUE + 1024;

	private final ApplicationEventPublisher publisher;

	private final int phase;

	private final LifecycleState atStart;

	private final LifecycleState atStop;

	private volatile boolean running;

	private LifecycleEventPublisher(ApplicationEventPublisher publisher, int phase, LifecycleState atStart,
			LifecycleState atStop) {
		this.publisher = publisher;
		this.phase = phase;
		this.atStart = atStart;
		this.atStop = atStop;
	}

	static LifecycleEventPublisher outermost(ApplicationEventPublisher publisher) {
		return new LifecycleEventPublisher(publisher, OUTERMOST, LifecycleState.PRE_START, LifecycleState.FINISH);
	}

	static LifecycleEventPublisher innermost(ApplicationEventPublisher publisher) {
		return new LifecycleEventPublisher(publisher, DEFAULT_PHASE, LifecycleState.START,
				LifecycleState.START_SHUTDOWN);
	}

	@Override
	public int getPhase() {
		return this.phase;
	}

	@Override
	public void start() {
		this.publisher.publishEvent(new LifecycleEvent(this.atStart));
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		this.publisher.publishEvent(new LifecycleEvent(this.atStop));
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

}
