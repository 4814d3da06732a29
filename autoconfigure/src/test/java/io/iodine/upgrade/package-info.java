/** Tests of the way from an HTTP request to a connection. */
@NullMarked
package io.iodine.upgrade;

import org.jspecify.annotations.NullMarked;
