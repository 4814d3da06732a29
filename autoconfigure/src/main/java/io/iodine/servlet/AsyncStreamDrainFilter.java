package io.iodine.servlet;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import io.iodine.connection.DrainBatches;
import io.iodine.connection.DrainListener;
import io.iodine.connection.DrainSettings;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.Ordered;

/**
 * Ends the event streams that the application itself serves, as an {@code SseEmitter}
 * does, between two events when the server drains. They would keep the server waiting
 * otherwise.
 */
public final class AsyncStreamDrainFilter implements Filter, DrainListener, Ordered {

	private static final Log logger = LogFactory.getLog(AsyncStreamDrainFilter.class);

	private final Set<EndableStream> open = ConcurrentHashMap.newKeySet();

	private final Executor executor;

	/** Null unless the server drains. */
	private volatile @Nullable DrainSettings drain;

	/**
	 * Creates the filter.
	 * @param executor ends streams, which may block on a client that reads slowly
	 */
	public AsyncStreamDrainFilter(Executor executor) {
		this.executor = executor;
	}

	/** Behind the filters that apply forwarded headers, upgrades and public files. */
	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE + 5;
	}

	@Override
	public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		if (!(request instanceof HttpServletRequest http) || !(response instanceof HttpServletResponse answer)
				|| request.getDispatcherType() != DispatcherType.REQUEST) {
			chain.doFilter(request, response);
			return;
		}
		EndableResponse endable = new EndableResponse(http, answer, this::begin);
		try {
			chain.doFilter(request, endable);
		}
		finally {
			endable.chainReturned();
		}
	}

	private void begin(EndableStream stream) {
		this.open.add(stream);
		stream.onEnd(() -> this.open.remove(stream));
		DrainSettings settings = this.drain;
		if (settings != null) {
			end(stream, settings);
		}
	}

	/**
	 * Ends all streams, in batches, and those that begin later at once.
	 * @param settings how many at a time, and when clients should come back
	 */
	@Override
	public void end(DrainSettings settings) {
		this.drain = settings;
		DrainBatches.start(List.copyOf(this.open), settings, (stream) -> end(stream, settings),
				() -> settings.equals(this.drain));
	}

	private void end(EndableStream stream, DrainSettings settings) {
		try {
			this.executor.execute(() -> stream.end(settings.retryMillis()));
		}
		catch (RejectedExecutionException ex) {
			logger.debug("The executor takes no task, and an event stream ends with the server", ex);
		}
	}

	/** Lets streams go on, in a context that was started again. */
	@Override
	public void accept() {
		this.drain = null;
	}

}
