package io.iodine.servlet;

import java.io.IOException;

import io.iodine.SendFile;
import io.iodine.file.BlockingFileResponder;
import io.iodine.file.StaticFiles;
import io.iodine.file.StreamedFileResponse;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.core.Ordered;

/**
 * Sends the file that a response names in {@link SendFile#HEADER} in the place of its
 * body.
 */
public final class ServletSendFileFilter implements Filter, Ordered {

	private final BlockingFileResponder files;

	/**
	 * Creates the filter.
	 * @param files the files, with a root for what responses name
	 */
	public ServletSendFileFilter(StaticFiles files) {
		this.files = new BlockingFileResponder(files);
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE + 4;
	}

	@Override
	public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		if (!(request instanceof HttpServletRequest http) || !(response instanceof HttpServletResponse answer)) {
			chain.doFilter(request, response);
			return;
		}
		SendFileResponseWrapper naming = new SendFileResponseWrapper(answer);
		chain.doFilter(request, naming);
		String name = naming.name();
		if (name != null && !answer.isCommitted()) {
			send(http, answer, name);
		}
	}

	private void send(HttpServletRequest request, HttpServletResponse response, String name) throws IOException {
		HttpHeaders given = DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
		response.getHeaderNames().forEach((header) -> given.set(header, response.getHeaders(header)));
		String type = response.getContentType();
		if (type != null) {
			given.set("Content-Type", type);
		}
		given.set(SendFile.HEADER, name);
		response.resetBuffer();
		try (StreamedFileResponse file = this.files.namedFile(request.getMethod(), PublicFileFilter.headers(request),
				response.getStatus(), given)) {
			if (file != null) {
				file.headers().stream().map((field) -> field.getKey()).forEach((header) -> clear(response, header));
				PublicFileFilter.send(file, response);
			}
		}
	}

	/**
	 * What the application has set is among the fields of the answer, and added again.
	 */
	static void clear(HttpServletResponse response, String header) {
		if (!header.equalsIgnoreCase("Content-Type") && !header.equalsIgnoreCase("Content-Length")) {
			response.setHeader(header, null);
		}
	}

}
