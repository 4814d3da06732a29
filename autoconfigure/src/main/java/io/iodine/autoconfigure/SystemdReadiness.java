package io.iodine.autoconfigure;

import io.iodine.process.SystemdNotifier;

import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationListener;

/**
 * Notifies systemd when an application without a cluster is ready. In a cluster the
 * master does so.
 */
final class SystemdReadiness implements ApplicationListener<AvailabilityChangeEvent<ReadinessState>> {

	private final SystemdNotifier systemd;

	SystemdReadiness(SystemdNotifier systemd) {
		this.systemd = systemd;
	}

	@Override
	public void onApplicationEvent(AvailabilityChangeEvent<ReadinessState> event) {
		if (event.getState() == ReadinessState.ACCEPTING_TRAFFIC) {
			this.systemd.ready();
		}
	}

}
