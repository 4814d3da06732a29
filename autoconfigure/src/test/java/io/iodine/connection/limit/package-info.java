/** Tests of the limits of all connections. */
@NullMarked
package io.iodine.connection.limit;

import org.jspecify.annotations.NullMarked;
