/** A chat behind a form login and tokens. */
@NullMarked
package io.iodine.samples.securechat;

import org.jspecify.annotations.NullMarked;
