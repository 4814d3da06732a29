package io.iodine.autoconfigure;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.context.annotation.Conditional;

/**
 * Creates a bean, or takes a configuration, in one worker of a cluster only, such as one
 * with {@code @Scheduled} methods. Without a cluster the one process is worker 1.
 * <p>
 * While a worker is replaced, its successor has the same number: both have the bean as
 * long as the old one drains.
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Conditional(OnWorker.class)
public @interface ConditionalOnWorker {

	/**
	 * The number of the worker. Less than 1 fails the start; more than there are workers
	 * is a warning in the log of worker 1.
	 * @return the number, from 1
	 */
	int value();

}
