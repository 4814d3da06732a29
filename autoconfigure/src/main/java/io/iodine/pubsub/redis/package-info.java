/**
 * The engine that carries messages through Redis.
 */
@NullMarked
package io.iodine.pubsub.redis;

import org.jspecify.annotations.NullMarked;
