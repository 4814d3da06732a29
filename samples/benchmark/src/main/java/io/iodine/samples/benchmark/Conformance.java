package io.iodine.samples.benchmark;

import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;

/**
 * What suites of HTTP conformance ask for: something to get, and mirrors of bodies,
 * header fields and cookies.
 */
@RestController
class Conformance {

	private static final long STARTED = System.currentTimeMillis();

	@GetMapping(path = "/", produces = MediaType.TEXT_PLAIN_VALUE)
	ResponseEntity<String> something() {
		return ResponseEntity.ok().eTag("\"something\"").lastModified(STARTED).body("OK");
	}

	@PostMapping("/")
	ResponseEntity<byte[]> body(@RequestBody(required = false) byte @Nullable [] body) {
		return ResponseEntity.ok().contentType(MediaType.TEXT_PLAIN).body((body != null) ? body : new byte[0]);
	}

	@RequestMapping(path = "/", method = RequestMethod.OPTIONS)
	ResponseEntity<Void> options() {
		return ResponseEntity.noContent()
			.allow(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.POST, HttpMethod.OPTIONS)
			.build();
	}

	@RequestMapping(path = "/echo", produces = MediaType.TEXT_PLAIN_VALUE)
	String headers(@RequestHeader HttpHeaders headers) {
		StringBuilder lines = new StringBuilder();
		headers.forEach((name, values) -> values
			.forEach((value) -> lines.append(name).append(": ").append(value).append('\n')));
		return lines.toString();
	}

	@RequestMapping(path = "/cookie", produces = MediaType.TEXT_PLAIN_VALUE)
	String cookies(ServerHttpRequest request) {
		return request.getCookies()
			.values()
			.stream()
			.flatMap((cookies) -> cookies.stream())
			.map((cookie) -> cookie.getName() + "=" + cookie.getValue() + "\n")
			.collect(Collectors.joining());
	}

}
