/** Runs tasks later and repeatedly, on threads that it is given. */
@NullMarked
package io.iodine.timer;

import org.jspecify.annotations.NullMarked;
