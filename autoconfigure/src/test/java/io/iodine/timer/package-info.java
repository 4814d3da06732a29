@NullMarked
package io.iodine.timer;

import org.jspecify.annotations.NullMarked;
