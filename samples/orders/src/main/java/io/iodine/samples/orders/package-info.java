/** Orders, announced to all clients of the desk. */
@NullMarked
package io.iodine.samples.orders;

import org.jspecify.annotations.NullMarked;
