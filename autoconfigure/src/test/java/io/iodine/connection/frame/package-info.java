/** Tests of framings and readers without a connection. */
@NullMarked
package io.iodine.connection.frame;

import org.jspecify.annotations.NullMarked;
