/** Tests of the access log. */
@NullMarked
package io.iodine.accesslog;

import org.jspecify.annotations.NullMarked;
