package io.iodine.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.autoconfigure.OverrideAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.filter.annotation.TypeExcludeFilters;
import org.springframework.core.annotation.AliasFor;

/**
 * A test of {@code @UpgradeHandler} beans on a real, random port: the web server, iodine,
 * Jackson, validation and Spring Security are auto-configured, and of the application's
 * beans those annotated with {@code @UpgradeHandler} and those of type
 * {@code ChannelAuthorizer} or {@code HistoryCustomizer}. Pub/sub stays within the
 * process. What handlers need besides is imported or mocked by the test.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@OverrideAutoConfiguration(enabled = false)
@TypeExcludeFilters(IodineTypeExcludeFilter.class)
@ImportAutoConfiguration
public @interface IodineTest {

	/**
	 * Properties of the environment.
	 * @return each as {@code key=value}
	 */
	@AliasFor(annotation = SpringBootTest.class, attribute = "properties")
	String[] properties() default {};

	/**
	 * Auto-configurations that are left out.
	 * @return their classes
	 */
	@AliasFor(annotation = ImportAutoConfiguration.class, attribute = "exclude")
	Class<?>[] excludeAutoConfiguration() default {};

}
