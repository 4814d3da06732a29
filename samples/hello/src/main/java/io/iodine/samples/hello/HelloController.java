package io.iodine.samples.hello;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Answers plain requests, on the path that {@link Echo} upgrades.
 */
@RestController
class HelloController {

	@GetMapping("/hello")
	String hello(@RequestParam(defaultValue = "World") String name) {
		return "Hello, " + name + "!";
	}

}
