package io.iodine.edge;

import java.net.SocketAddress;
import java.util.List;

import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

/**
 * Several observers as one.
 *
 * @param observers whom to tell, in this order
 */
record EdgeObservers(List<EdgeObserver> observers) implements EdgeObserver {

	EdgeObservers {
		observers = List.copyOf(observers);
	}

	@Override
	public void onRejected(int status, String reason) {
		this.observers.forEach((observer) -> observer.onRejected(status, reason));
	}

	@Override
	public void onStreamRejected(@Nullable SocketAddress peer, Http2Headers head, int status) {
		this.observers.forEach((observer) -> observer.onStreamRejected(peer, head, status));
	}

	@Override
	public void onSlowReader() {
		this.observers.forEach(EdgeObserver::onSlowReader);
	}

	@Override
	public void onAcceptFailed(Throwable cause) {
		this.observers.forEach((observer) -> observer.onAcceptFailed(cause));
	}

}
