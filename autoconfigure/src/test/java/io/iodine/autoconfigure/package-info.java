@NullMarked
package io.iodine.autoconfigure;

import org.jspecify.annotations.NullMarked;
