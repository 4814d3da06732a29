/**
 * The endpoints of the benchmark sample as Spring's own modules give them.
 */
@NullMarked
package io.iodine.bench.mvc;

import org.jspecify.annotations.NullMarked;
