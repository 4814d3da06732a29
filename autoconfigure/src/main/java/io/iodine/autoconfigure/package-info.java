/**
 * Conditions, properties and beans: what turns the works into a Spring Boot application.
 */
@NullMarked
package io.iodine.autoconfigure;

import org.jspecify.annotations.NullMarked;
