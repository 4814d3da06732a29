/**
 * A chat whose messages are in a database, and notifications that resume, on Spring MVC.
 */
@NullMarked
package io.iodine.samples.mvc;

import org.jspecify.annotations.NullMarked;
