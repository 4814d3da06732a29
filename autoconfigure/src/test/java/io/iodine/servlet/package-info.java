@NullMarked
package io.iodine.servlet;

import org.jspecify.annotations.NullMarked;
