/** Public files ahead of the application, and private ones that it hands out. */
@NullMarked
package io.iodine.samples.files;

import org.jspecify.annotations.NullMarked;
