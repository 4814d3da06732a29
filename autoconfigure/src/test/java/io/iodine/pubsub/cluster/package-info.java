/**
 * Tests of pub/sub across processes.
 */
@NullMarked
package io.iodine.pubsub.cluster;

import org.jspecify.annotations.NullMarked;
