/**
 * Tests of the process cluster, with real child processes.
 */
@NullMarked
package io.iodine.process;

import org.jspecify.annotations.NullMarked;
