package io.iodine.connection.fanout;

/**
 * The limits of the fan-out.
 *
 * @param maxPendingBytes bytes published to the subscribers of one event loop that wait
 * for it
 * @param maxHeld published messages that are kept for one event stream while it reads the
 * history
 * @param pageMessages messages of a history that are written to an event stream at a time
 * @param pageBytes bytes of such messages
 * @param maxSubscriptions channels and patterns that one connection may subscribe to
 */
public record FanoutSettings(long maxPendingBytes, int maxHeld, int pageMessages, int pageBytes, int maxSubscriptions) {

}
