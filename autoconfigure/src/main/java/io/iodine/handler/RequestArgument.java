package io.iodine.handler;

import io.iodine.UpgradeRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodParameter;

/**
 * An argument that comes from the request, and is converted before the upgrade.
 */
@FunctionalInterface
public interface RequestArgument {

	/**
	 * Takes the value from the request.
	 * @param request the request
	 * @return the value of the parameter's type; null only where the parameter allows it
	 * @throws InvalidRequestException when the request has no such value
	 */
	@Nullable Object value(UpgradeRequest request);

	/** Recognises the parameters that it has arguments for. */
	@FunctionalInterface
	interface Factory {

		/**
		 * Makes an argument.
		 * @param parameter the parameter
		 * @return the argument; null when the parameter is of another kind
		 */
		@Nullable RequestArgument create(MethodParameter parameter);

	}

}
