package io.iodine.autoconfigure;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * What helps to find faults, and must not be set in production.
 *
 * @param tlsKeyLog File to which the secrets of TLS connections of listeners and clients
 * are appended, so that Wireshark decrypts what it has recorded. Needs netty-tcnative.
 * Unset means that no secrets are written.
 */
@ConfigurationProperties("iodine.debug")
record DebugProperties(@Nullable Path tlsKeyLog) {

}
