package io.iodine.connection;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Leaves a test out where the web server differs. The difference is a row of the table in
 * {@code docs/spring-mvc.md}.
 */
@Documented
@Target({ ElementType.METHOD, ElementType.TYPE })
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(DifferenceCondition.class)
public @interface DiffersOn {

	/** The web servers that differ. */
	TestContainer[] value();

	/** In what they differ. */
	Difference by();

}
