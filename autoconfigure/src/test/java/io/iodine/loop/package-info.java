@NullMarked
package io.iodine.loop;

import org.jspecify.annotations.NullMarked;
