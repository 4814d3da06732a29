/** An engine that reports what passes through another. */
@NullMarked
package io.iodine.samples.customengine;

import org.jspecify.annotations.NullMarked;
