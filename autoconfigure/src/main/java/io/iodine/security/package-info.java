/**
 * Spring Security for connections: the security context in callbacks, expiry of
 * credentials, and tokens that browsers send as a subprotocol.
 */
@NullMarked
package io.iodine.security;

import org.jspecify.annotations.NullMarked;
