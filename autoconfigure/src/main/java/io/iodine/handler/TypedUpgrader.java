package io.iodine.handler;

import java.util.List;
import java.util.function.Supplier;

import io.iodine.Upgrade;
import io.iodine.UpgradeRequest;
import io.iodine.Upgrader;
import org.jspecify.annotations.Nullable;

/**
 * Accepts requests for a typed handler, once all arguments that come from the request are
 * converted.
 *
 * @param endpoint the handler
 * @param bean finds the bean, or makes one of the prototype
 */
record TypedUpgrader(TypedEndpoint endpoint, Supplier<Object> bean) implements Upgrader {

	@Override
	public Upgrade upgrade(UpgradeRequest request) {
		List<RequestArgument> arguments = this.endpoint.methods().arguments();
		@Nullable Object[] values = new Object[arguments.size()];
		try {
			for (int i = 0; i < values.length; i++) {
				values[i] = arguments.get(i).value(request);
			}
		}
		catch (InvalidRequestException ex) {
			return Upgrade.reject(400, String.valueOf(ex.getMessage()));
		}
		Object target = this.bean.get();
		return Upgrade
			.accept(this.endpoint.methods().wantsDrained() ? new TypedHandler.Draining(this.endpoint, target, values)
					: new TypedHandler(this.endpoint, target, values));
	}

}
