package io.iodine.bench.mvc;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** {@code /sse}: an {@link SseEmitter} for each client. */
@RestController
class Events {

	private final Set<SseEmitter> emitters = ConcurrentHashMap.newKeySet();

	@GetMapping("/sse")
	SseEmitter open() throws IOException {
		SseEmitter emitter = new SseEmitter(0L);
		emitter.onCompletion(() -> this.emitters.remove(emitter));
		emitter.onError((ex) -> this.emitters.remove(emitter));
		// the head goes out with the first event
		emitter.send(SseEmitter.event().comment(""));
		this.emitters.add(emitter);
		return emitter;
	}

	void send(String message) {
		for (SseEmitter emitter : this.emitters) {
			try {
				emitter.send(message);
			}
			catch (IOException | IllegalStateException ex) {
				emitter.completeWithError(ex);
			}
		}
	}

}
