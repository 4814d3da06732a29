/** Tests of the way from an HTTP request to a connection. */
@NullMarked
package io.iodine.http;

import org.jspecify.annotations.NullMarked;
