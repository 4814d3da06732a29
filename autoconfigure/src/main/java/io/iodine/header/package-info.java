/**
 * The syntax of HTTP header values that several packages read. It depends on nothing.
 */
@NullMarked
package io.iodine.header;

import org.jspecify.annotations.NullMarked;
