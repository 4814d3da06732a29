/**
 * Upgrades in WebFlux on Reactor Netty: the filters, mapping and result handlers that
 * answer a request, and the takeover of its channel.
 */
@NullMarked
package io.iodine.http;

import org.jspecify.annotations.NullMarked;
