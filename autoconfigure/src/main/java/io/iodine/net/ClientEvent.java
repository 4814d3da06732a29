package io.iodine.net;

import java.util.Optional;

import io.iodine.CloseReason;

/**
 * An application event: a client has come to a state. Received by any
 * {@code @EventListener} method with a parameter of this type.
 *
 * @param client the name of the client
 * @param state the state
 * @param reason why the last connection ended; empty when there was none
 */
public record ClientEvent(String client, Client.State state, Optional<CloseReason> reason) {

}
