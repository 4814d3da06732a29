package io.iodine.connection;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.Tag;

/**
 * Tests of a behaviour that Reactor Netty, Tomcat and Jetty share. The Maven profile
 * {@code containers} runs them on each {@link TestContainer}.
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("behaviour")
public @interface OnEachWebServer {

}
