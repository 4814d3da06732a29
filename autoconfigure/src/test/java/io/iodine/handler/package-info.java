/** Tests of typed handlers. */
@NullMarked
package io.iodine.handler;

import org.jspecify.annotations.NullMarked;
