package io.iodine.autoconfigure;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;

import io.iodine.accesslog.AnsweredRequest;
import io.iodine.accesslog.AnsweredRequestLog;
import io.iodine.accesslog.RequestId;
import io.iodine.servlet.ServletUpgradeFilter;
import io.iodine.servlet.ServletUserFilter;
import jakarta.servlet.ServletException;
import org.apache.catalina.AccessLog;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

/** Adds the requests that Tomcat has answered to the access log. */
final class TomcatRequestLog extends ValveBase implements AccessLog {

	private final AnsweredRequestLog log;

	TomcatRequestLog(AnsweredRequestLog log) {
		super(true);
		this.log = log;
	}

	@Override
	public void invoke(Request request, Response response) throws IOException, ServletException {
		getNext().invoke(request, response);
	}

	@Override
	public void log(Request request, Response response, long nanos) {
		if (ServletUpgradeFilter.isUpgraded(request::getAttribute)) {
			return;
		}
		Object user = request.getAttribute(ServletUserFilter.ATTRIBUTE);
		String query = request.getQueryString();
		String path = request.getRequestURI();
		this.log
			.add(new AnsweredRequest(
					InetSocketAddress.createUnresolved(String.valueOf(request.getRemoteAddr()),
							request.getRemotePort()),
					(user != null) ? user.toString() : null, request.getMethod(),
					(query != null) ? path + "?" + query : path, request.getProtocol(), response.getStatus(),
					response.getBytesWritten(false), Duration.ofNanos(nanos),
					(request.getAttribute(RequestId.NAME) instanceof String id) ? id : null, request::getHeader));
	}

	/** Addresses are those of the socket, unless proxies are to be believed. */
	@Override
	public void setRequestAttributesEnabled(boolean enabled) {
		// the attributes are not used
	}

	@Override
	public boolean getRequestAttributesEnabled() {
		return false;
	}

}
