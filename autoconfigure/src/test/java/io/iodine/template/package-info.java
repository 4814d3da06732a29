@NullMarked
package io.iodine.template;

import org.jspecify.annotations.NullMarked;
