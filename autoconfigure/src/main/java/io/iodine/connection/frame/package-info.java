/**
 * The bytes of messages: framings that write them, readers that read them, compression,
 * UTF-8 and masking. Knows no connection.
 */
@NullMarked
package io.iodine.connection.frame;

import org.jspecify.annotations.NullMarked;
