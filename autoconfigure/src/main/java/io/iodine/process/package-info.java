/**
 * The process cluster: a master that owns the listening sockets, its worker processes,
 * and the control channel between them.
 */
@NullMarked
package io.iodine.process;

import org.jspecify.annotations.NullMarked;
