package io.iodine.samples.securechat;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** A chat to which browsers come with a session, and programs with a token. */
@SpringBootApplication
public class SecureChatApplication {

	/**
	 * Starts the application.
	 * @param args the arguments
	 */
	public static void main(String[] args) {
		SpringApplication.run(SecureChatApplication.class, args);
	}

}
