@NullMarked
package io.iodine.samples.benchmarkmvc;

import org.jspecify.annotations.NullMarked;
