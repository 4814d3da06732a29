/**
 * Static files: found under a root, negotiated, and sent by Netty, before the application
 * or in the place of a response of its own. Depends on no other room.
 */
@NullMarked
package io.iodine.file;

import org.jspecify.annotations.NullMarked;
