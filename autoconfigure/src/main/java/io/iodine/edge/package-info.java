/**
 * What the HTTP/1.1 side of the server lets through: one strict reading of each request,
 * limits, deadlines, and one answer per request in order.
 */
@NullMarked
package io.iodine.edge;

import org.jspecify.annotations.NullMarked;
