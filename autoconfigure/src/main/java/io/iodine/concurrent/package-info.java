/**
 * Serial execution of callbacks on the threads of an executor that may refuse a task, run
 * it in its caller, or fail.
 */
@NullMarked
package io.iodine.concurrent;

import org.jspecify.annotations.NullMarked;
