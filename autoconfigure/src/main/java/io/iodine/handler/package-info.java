/**
 * Typed handlers: calls the annotated methods of {@code @UpgradeHandler} beans, reads
 * their arguments and writes their results. It knows connections only by their public
 * interface.
 */
@NullMarked
package io.iodine.handler;

import org.jspecify.annotations.NullMarked;
