/** Mustache templates for messages and pages. */
@NullMarked
package io.iodine.template;

import org.jspecify.annotations.NullMarked;
