/** The code that the pages of {@code docs} show, compiled. */
@NullMarked
package io.iodine.docs;

import org.jspecify.annotations.NullMarked;
