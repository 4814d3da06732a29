package io.iodine.samples.orders;

import java.security.Principal;
import java.util.List;
import java.util.Map;

import io.iodine.Connection;
import io.iodine.UpgradeHandler;
import io.iodine.annotation.OnMessage;
import io.iodine.annotation.OnOpen;

/** The commands of a browser; it follows the channel of orders by itself. */
@UpgradeHandler("/desk")
class OrderDesk {

	private final OrderService orders;

	OrderDesk(OrderService orders) {
		this.orders = orders;
	}

	@OnOpen
	void open(Connection client, Principal user) {
		client.join("desk", user.getName(), Map.of("since", System.currentTimeMillis()));
	}

	@OnMessage("order.place")
	Order place(NewOrder order, Principal user) {
		return this.orders.place(user.getName(), order.item(), order.quantity());
	}

	@OnMessage("order.cancel")
	Order cancel(long id) {
		return this.orders.cancel(id);
	}

	@OnMessage("order.list")
	List<Order> list() {
		return this.orders.all();
	}

	/**
	 * What is ordered.
	 *
	 * @param item what
	 * @param quantity how many
	 */
	record NewOrder(String item, int quantity) {
	}

}
