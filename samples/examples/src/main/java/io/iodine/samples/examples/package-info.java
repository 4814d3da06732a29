/**
 * Small examples, each of which is a class of its own.
 */
@NullMarked
package io.iodine.samples.examples;

import org.jspecify.annotations.NullMarked;
