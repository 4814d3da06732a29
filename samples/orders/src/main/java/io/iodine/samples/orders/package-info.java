/** Orders, tracked by everybody who is at the desk. */
@NullMarked
package io.iodine.samples.orders;

import org.jspecify.annotations.NullMarked;
