package io.iodine.autoconfigure;

import java.time.Duration;

import io.iodine.accesslog.AnsweredRequest;
import io.iodine.accesslog.AnsweredRequestLog;
import io.iodine.accesslog.RequestId;
import io.iodine.servlet.ServletUpgradeFilter;
import io.iodine.servlet.ServletUserFilter;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.RequestLog;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;

/** Adds the requests that Jetty has answered to the access log. */
record JettyRequestLog(AnsweredRequestLog log) implements RequestLog {

	/** Installs it beside a log that is there. */
	void install(Server server) {
		RequestLog other = server.getRequestLog();
		server.setRequestLog((other != null) ? new RequestLog.Collection(other, this) : this);
	}

	@Override
	public void log(Request request, Response response) {
		if (ServletUpgradeFilter.isUpgraded(request::getAttribute)) {
			return;
		}
		Object user = request.getAttribute(ServletUserFilter.ATTRIBUTE);
		this.log.add(new AnsweredRequest(request.getConnectionMetaData().getRemoteSocketAddress(),
				(user != null) ? user.toString() : null, request.getMethod(), request.getHttpURI().getPathQuery(),
				request.getConnectionMetaData().getProtocol(), response.getStatus(),
				Response.getContentBytesWritten(response),
				Duration.ofNanos(System.nanoTime() - request.getBeginNanoTime()),
				(request.getAttribute(RequestId.NAME) instanceof String id) ? id : null, request.getHeaders()::get));
	}

}
