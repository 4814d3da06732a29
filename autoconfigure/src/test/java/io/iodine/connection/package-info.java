/** Tests of one connection's life, and the peers that other rooms' tests need too. */
@NullMarked
package io.iodine.connection;

import org.jspecify.annotations.NullMarked;
