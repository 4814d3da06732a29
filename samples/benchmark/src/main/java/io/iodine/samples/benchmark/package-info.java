/**
 * The server that outside measurements drive.
 */
@NullMarked
package io.iodine.samples.benchmark;

import org.jspecify.annotations.NullMarked;
