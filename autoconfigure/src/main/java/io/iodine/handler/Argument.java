package io.iodine.handler;

import org.jspecify.annotations.Nullable;

/** One argument of a method. */
@FunctionalInterface
interface Argument {

	@Nullable Object value(Call call);

}
