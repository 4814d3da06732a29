// tag::application[]
package com.example;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.UpgradeHandler;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

@SpringBootApplication
public class ChatApplication {

	public static void main(String[] args) {
		SpringApplication.run(ChatApplication.class, args);
	}

}

@UpgradeHandler("/chat")
class Chat implements ConnectionHandler {

	@Override
	public void onOpen(Connection client) {
		client.subscribe("chat");
		client.write("You're now in the chatroom.");
	}

	@Override
	public void onMessage(Connection client, Message message) {
		client.publish("chat", message);
	}

}
// end::application[]
