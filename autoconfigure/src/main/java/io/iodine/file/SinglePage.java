package io.iodine.file;

import java.util.List;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;

import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * The paths of an application that lives in one page: a navigation there that finds no
 * file gets the page.
 */
final class SinglePage {

	private final List<PathPattern> patterns;

	SinglePage(List<String> patterns) {
		this.patterns = patterns.stream().map(PathPatternParser.defaultInstance::parse).toList();
	}

	boolean answers(String path, HttpMethod method, HttpHeaders request) {
		if (this.patterns.isEmpty() || !(method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD))
				|| !request.contains(HttpHeaderNames.ACCEPT)
				|| !String.join(",", request.getAll(HttpHeaderNames.ACCEPT)).contains("text/html")) {
			return false;
		}
		RequestPath decoded = RequestPath.ofTarget(path);
		PathContainer container = decoded.container();
		return decoded.verdict() == RequestPath.Verdict.PATH
				&& this.patterns.stream().anyMatch((pattern) -> pattern.matches(container));
	}

}
