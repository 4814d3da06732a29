/**
 * Channels, subscriptions and engines. Nothing here knows a connection or a socket.
 */
@NullMarked
package io.iodine.pubsub;

import org.jspecify.annotations.NullMarked;
