package io.iodine.servlet;

import jakarta.servlet.ServletResponse;
import jakarta.servlet.ServletResponseWrapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.ShallowEtagHeaderFilter;
import org.springframework.web.util.ContentCachingResponseWrapper;

/**
 * Finds the response below filters that keep the whole body, in which an event stream
 * would wait and grow without end.
 */
final class UncachedResponse {

	private UncachedResponse() {
	}

	/**
	 * Finds the response to write events to.
	 * @param request its request
	 * @param response the response that the filters left
	 * @return the response below the innermost cache; the same one if nothing caches
	 */
	static ServletResponse of(HttpServletRequest request, HttpServletResponse response) {
		ShallowEtagHeaderFilter.disableContentCaching(request);
		if (response.getHeader(HttpHeaders.CONTENT_ENCODING) != null) {
			// a wrapper above the cache may encode what is written
			return response;
		}
		ServletResponse uncached = response;
		for (ServletResponse inner = response; inner instanceof ServletResponseWrapper wrapper;) {
			inner = wrapper.getResponse();
			if (wrapper instanceof ContentCachingResponseWrapper) {
				uncached = inner;
			}
		}
		return uncached;
	}

}
