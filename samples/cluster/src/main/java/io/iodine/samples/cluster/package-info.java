/**
 * A chat on two processes without a broker.
 */
@NullMarked
package io.iodine.samples.cluster;

import org.jspecify.annotations.NullMarked;
