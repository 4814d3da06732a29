package io.iodine.samples.orders;

import java.util.List;
import java.util.Objects;

import io.iodine.PubSub;

import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.GeneratedKeyHolder;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.stereotype.Service;
import org.springframework.web.server.ResponseStatusException;

/** Keeps orders in the database, and publishes what changes. */
@Service
public class OrderService {

	private final JdbcClient jdbc;

	private final PubSub pubSub;

	OrderService(JdbcClient jdbc, PubSub pubSub) {
		this.jdbc = jdbc;
		this.pubSub = pubSub;
	}

	Order place(String customer, String item, int quantity) {
		if (item.isBlank() || quantity < 1) {
			throw new ResponseStatusException(HttpStatus.UNPROCESSABLE_CONTENT);
		}
		GeneratedKeyHolder key = new GeneratedKeyHolder();
		this.jdbc.sql("insert into orders (customer, item, quantity, status) values (?, ?, ?, 'PLACED')")
			.params(customer, item, quantity)
			.update(key, "id");
		return changed(Objects.requireNonNull(key.getKeyAs(Long.class)));
	}

	/**
	 * Cancels an order.
	 * @param id its number
	 * @return the order
	 */
	@PreAuthorize("hasRole('CLERK')")
	public Order cancel(long id) {
		this.jdbc.sql("update orders set status = 'CANCELLED' where id = ?").param(id).update();
		return changed(id);
	}

	List<Order> all() {
		return this.jdbc.sql("select * from orders order by id").query(Order.class).list();
	}

	private Order changed(Long id) {
		Order order = this.jdbc.sql("select * from orders where id = ?")
			.param(id)
			.query(Order.class)
			.optional()
			.orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
		this.pubSub.publishJson("orders", order);
		return order;
	}

}
