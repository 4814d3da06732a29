@NullMarked
package io.iodine.samples.mvc;

import org.jspecify.annotations.NullMarked;
