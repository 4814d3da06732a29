@NullMarked
package io.iodine.header;

import org.jspecify.annotations.NullMarked;
