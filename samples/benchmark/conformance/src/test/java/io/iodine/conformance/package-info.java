/** Public suites, run against the benchmark sample. */
@NullMarked
package io.iodine.conformance;

import org.jspecify.annotations.NullMarked;
