/** The annotations of typed handlers: methods of {@code @UpgradeHandler} beans. */
@NullMarked
package io.iodine.annotation;

import org.jspecify.annotations.NullMarked;
