/** Tests of what the HTTP/1.1 side of the server lets through. */
@NullMarked
package io.iodine.edge;

import org.jspecify.annotations.NullMarked;
