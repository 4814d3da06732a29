package io.iodine.servlet;

import java.io.IOException;
import java.util.Collections;

import io.iodine.file.BlockingFileResponder;
import io.iodine.file.StaticFiles;
import io.iodine.file.StreamedFileResponse;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.core.Ordered;

/** Serves the public files ahead of the application, its filters and Spring Security. */
public final class PublicFileFilter implements Filter, Ordered {

	private final BlockingFileResponder files;

	/**
	 * Creates the filter.
	 * @param files the files
	 */
	public PublicFileFilter(StaticFiles files) {
		this.files = new BlockingFileResponder(files);
	}

	/** Behind the filters that apply forwarded headers and upgrades. */
	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE + 3;
	}

	@Override
	public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		if (request instanceof HttpServletRequest http && response instanceof HttpServletResponse answer
				&& request.getDispatcherType() == DispatcherType.REQUEST) {
			try (StreamedFileResponse file = this.files.publicFile(http.getMethod(), target(http), headers(http))) {
				if (file != null) {
					send(file, answer);
					return;
				}
			}
		}
		chain.doFilter(request, response);
	}

	private static String target(HttpServletRequest request) {
		String path = request.getRequestURI().substring(request.getContextPath().length());
		return (request.getQueryString() != null) ? path + "?" + request.getQueryString() : path;
	}

	static HttpHeaders headers(HttpServletRequest request) {
		HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
		for (String name : Collections.list(request.getHeaderNames())) {
			headers.add(name, Collections.list(request.getHeaders(name)));
		}
		return headers;
	}

	static void send(StreamedFileResponse file, HttpServletResponse response) throws IOException {
		response.setStatus(file.status());
		file.headers().forEach((field) -> response.addHeader(field.getKey(), field.getValue()));
		file.writeTo(response.getOutputStream());
	}

}
