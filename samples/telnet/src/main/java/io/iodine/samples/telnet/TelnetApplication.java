package io.iodine.samples.telnet;

import io.iodine.Framer;
import io.iodine.net.Listener;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/**
 * Speaks to telnet: {@code telnet 127.0.0.1 7000} for the chat, 7007 for the echo, and
 * 1234 for the chat of the article.
 */
@SpringBootApplication
public class TelnetApplication {

	public static void main(String[] args) {
		SpringApplication.run(TelnetApplication.class, args);
	}

	@Bean
	Listener chat(@Value("${telnet.port}") int port) {
		return Listener.on("tcp://127.0.0.1:" + port, Login::new).framer(Framer.line());
	}

	@Bean
	Listener localChat(@Value("${telnet.socket}") String path) {
		return Listener.on("unix:" + path, Login::new).framer(Framer.line()).permissions("rw-------");
	}

	@Bean
	Echo echo() {
		return new Echo();
	}

}
