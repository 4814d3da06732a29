/**
 * The server that outside measurements drive, on a servlet container.
 */
@NullMarked
package io.iodine.samples.benchmarkmvc;

import org.jspecify.annotations.NullMarked;
