/** Tests of Spring Security for connections. */
@NullMarked
package io.iodine.security;

import org.jspecify.annotations.NullMarked;
