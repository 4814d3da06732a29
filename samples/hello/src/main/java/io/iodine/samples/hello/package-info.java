/**
 * A controller and an echo handler, side by side.
 */
@NullMarked
package io.iodine.samples.hello;

import org.jspecify.annotations.NullMarked;
