package io.iodine.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the method of an {@code @UpgradeHandler} bean that handles what an
 * {@code @OnMessage} method throws, when it is of the type of its {@link Throwable}
 * parameter. What it returns is the answer; what it throws becomes the error reply.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface OnError {

}
