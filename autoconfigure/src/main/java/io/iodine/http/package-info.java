/**
 * From an HTTP request to a connection: who answers it, what the answer is, and how the
 * exchange's channel is taken over or the request refused.
 */
@NullMarked
package io.iodine.http;

import org.jspecify.annotations.NullMarked;
