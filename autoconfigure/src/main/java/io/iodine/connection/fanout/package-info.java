/**
 * Delivers what is published to a channel: the subscribers of each event loop, and event
 * streams that catch up from the history. Sees a connection as a {@code Recipient}.
 */
@NullMarked
package io.iodine.connection.fanout;

import org.jspecify.annotations.NullMarked;
