package io.iodine.metrics;

import io.iodine.accesslog.AccessLog;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Meters of the access log.
 *
 * @param log the log
 */
public record AccessLogMeters(AccessLog log) implements MeterBinder {

	@Override
	public void bindTo(MeterRegistry registry) {
		new Meters(registry).counted(IodineMeter.ACCESS_LOG_DROPPED, this.log, AccessLog::dropped);
	}

}
