package io.iodine.autoconfigure;

import io.iodine.accesslog.RequestId;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;

/**
 * Carries the id of a request from the Reactor context into the MDC, where Reactor's
 * context propagation is on.
 */
final class RequestIdAccessor implements ThreadLocalAccessor<String>, InitializingBean, DisposableBean {

	@Override
	public void afterPropertiesSet() {
		ContextRegistry.getInstance().registerThreadLocalAccessor(this);
	}

	@Override
	public void destroy() {
		ContextRegistry.getInstance().removeThreadLocalAccessor(RequestId.NAME);
	}

	@Override
	public Object key() {
		return RequestId.NAME;
	}

	@Override
	public @Nullable String getValue() {
		return MDC.get(RequestId.NAME);
	}

	@Override
	public void setValue(String value) {
		MDC.put(RequestId.NAME, value);
	}

	@Override
	public void setValue() {
		MDC.remove(RequestId.NAME);
	}

}
