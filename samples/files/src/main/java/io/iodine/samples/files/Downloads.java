package io.iodine.samples.files;

import io.iodine.SendFile;

import org.springframework.http.ContentDisposition;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Hands out files of the private folder, to whom Spring Security lets through. */
@RestController
class Downloads {

	// tag::send-file[]
	@GetMapping("/downloads/{name}")
	SendFile download(@PathVariable String name, ServerHttpResponse response) {
		response.getHeaders().setContentDisposition(ContentDisposition.attachment().filename(name).build());
		return SendFile.of(name);
	}
	// end::send-file[]

}
