/**
 * Measures the benchmark sample beside other servers.
 */
@NullMarked
package io.iodine.bench;

import org.jspecify.annotations.NullMarked;
