@NullMarked
package io.iodine.concurrent;

import org.jspecify.annotations.NullMarked;
