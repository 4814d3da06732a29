/**
 * Pub/sub, history and presence across the worker processes of one machine.
 */
@NullMarked
package io.iodine.pubsub.cluster;

import org.jspecify.annotations.NullMarked;
