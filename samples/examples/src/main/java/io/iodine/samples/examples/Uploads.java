package io.iodine.samples.examples;

import java.util.Map;

import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.codec.multipart.FilePart;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestPart;
import org.springframework.web.bind.annotation.RestController;

/**
 * Takes a file, which is in a temporary one until the request has ended, and in memory
 * only as long as it is small.
 */
@RestController
class Uploads {

	@PostMapping("/uploads")
	Mono<Map<String, Object>> upload(@RequestPart FilePart file) {
		return file.content().map((buffer) -> {
			long length = buffer.readableByteCount();
			DataBufferUtils.release(buffer);
			return length;
		}).reduce(0L, Long::sum).map((length) -> Map.of("name", file.filename(), "length", length));
	}

}
