/** Tests of the fan-out without a connection. */
@NullMarked
package io.iodine.connection.fanout;

import org.jspecify.annotations.NullMarked;
