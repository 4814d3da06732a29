/** The access log: who asked for what, and what came of it. */
@NullMarked
package io.iodine.accesslog;

import org.jspecify.annotations.NullMarked;
