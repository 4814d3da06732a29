/** The event loop of an article, as an adapter of sockets and timers. */
@NullMarked
package io.iodine.loop;

import org.jspecify.annotations.NullMarked;
