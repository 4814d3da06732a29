package io.iodine.upgrade;

import java.util.List;

import io.iodine.Overflow;
import io.iodine.connection.PingSettings;

/**
 * Policy of accepting upgrades.
 *
 * @param allowedOrigins the origins that browsers may connect from; empty means the same
 * origin only
 * @param subprotocols the subprotocols spoken, the preferred first
 * @param nonBlocking whether callbacks run on the event loop
 * @param overflow what happens to a client that reads too slowly
 * @param pings when clients are pinged
 * @param compression whether messages may be compressed
 */
public record UpgradePolicy(List<String> allowedOrigins, List<String> subprotocols, boolean nonBlocking,
		Overflow overflow, PingSettings pings, boolean compression) {

}
