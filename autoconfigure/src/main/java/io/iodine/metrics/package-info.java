/** Meters of what the other rooms' observers hear. */
@NullMarked
package io.iodine.metrics;

import org.jspecify.annotations.NullMarked;
