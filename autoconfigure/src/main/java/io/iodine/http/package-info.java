/**
 * From an HTTP request to a connection: match, ask, take over, refuse.
 */
@NullMarked
package io.iodine.http;

import org.jspecify.annotations.NullMarked;
