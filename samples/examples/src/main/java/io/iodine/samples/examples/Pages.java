package io.iodine.samples.examples;

import java.time.Duration;

import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/**
 * Answers with an entity tag: a client that has the page gets 304 instead.
 */
@RestController
class Pages {

	@GetMapping("/pages/{name}")
	ResponseEntity<String> page(@PathVariable String name) {
		String page = "This is " + name + ".\n";
		return ResponseEntity.ok()
			.eTag(Integer.toHexString(page.hashCode()))
			.cacheControl(CacheControl.maxAge(Duration.ZERO).mustRevalidate())
			.body(page);
	}

}
