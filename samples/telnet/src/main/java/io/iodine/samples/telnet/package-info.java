/**
 * A controller and an echo handler, side by side.
 */
@NullMarked
package io.iodine.samples.telnet;

import org.jspecify.annotations.NullMarked;
