package io.iodine.docs;

import java.security.Principal;
import java.time.Duration;

import io.iodine.Connection;
import io.iodine.UpgradeHandler;
import io.iodine.annotation.OnError;
import io.iodine.annotation.OnMessage;
import io.iodine.annotation.OnOpen;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Positive;
import reactor.core.publisher.Flux;

import org.springframework.web.bind.annotation.PathVariable;

/** The code of {@code docs/typed-handlers.md}. */
final class TypedHandlerExamples {

	private TypedHandlerExamples() {
	}

	// tag::events[]
	@UpgradeHandler("/shops/{shop}")
	static class Shop {

		private final OrderService orders;

		Shop(OrderService orders) {
			this.orders = orders;
		}

		@OnOpen
		void open(Connection client, @PathVariable long shop) {
			client.subscribe("shop:" + shop);
		}

		@OnMessage("order.place")
		Receipt place(@PathVariable long shop, Principal customer, @Valid PlaceOrder command) {
			return this.orders.place(shop, customer.getName(), command);
		}

		@OnMessage("order.cancel")
		void cancel(@PathVariable long shop, long number) {
			this.orders.cancel(shop, number);
		}

		@OnError
		Receipt soldOut(SoldOutException ex) {
			return Receipt.none(ex.item());
		}

	}

	record PlaceOrder(@NotBlank String item, @Positive int quantity) {

	}
	// end::events[]

	// tag::messages[]
	@UpgradeHandler("/echo")
	static class Echo {

		@OnMessage
		String text(String text) {
			return "you said: " + text;
		}

		@OnMessage
		byte[] binary(byte[] bytes) {
			return bytes;
		}

	}
	// end::messages[]

	// tag::stream[]
	@UpgradeHandler("/ticks/{seconds}")
	static class Ticks {

		@OnOpen
		Flux<Long> open(@PathVariable int seconds) {
			return Flux.interval(Duration.ofSeconds(seconds)).onBackpressureDrop();
		}

	}
	// end::stream[]

	interface OrderService {

		Receipt place(long shop, String customer, PlaceOrder command);

		void cancel(long shop, long number);

	}

	record Receipt(long number, String item) {

		static Receipt none(String item) {
			return new Receipt(0, item);
		}

	}

	/** An item is sold out. */
	static final class SoldOutException extends RuntimeException {

		private static final long serialVersionUID = 1L;

		private final String item;

		SoldOutException(String item) {
			this.item = item;
		}

		String item() {
			return this.item;
		}

	}

}
