/**
 * Limits of all connections together: permits of connections, rates, and the memory that
 * messages occupy while they wait.
 */
@NullMarked
package io.iodine.connection.limit;

import org.jspecify.annotations.NullMarked;
