/** Tests of the meters. */
@NullMarked
package io.iodine.metrics;

import org.jspecify.annotations.NullMarked;
