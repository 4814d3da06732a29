@NullMarked
package io.iodine.socket;

import org.jspecify.annotations.NullMarked;
