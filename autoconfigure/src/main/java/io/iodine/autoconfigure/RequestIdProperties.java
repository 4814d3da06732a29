package io.iodine.autoconfigure;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * An id for each request, which access log, MDC, trace and response have in common.
 *
 * @param enabled Whether each request that reaches the application gets an id.
 * @param header Name of the response header that tells the id.
 * @param trusted Whether an id that a request brings in that header is used, as behind a
 * proxy that sets it. Anything but 1 to 128 letters, digits and . _ : / + = @ - is
 * replaced.
 */
@ConfigurationProperties("iodine.request-id")
record RequestIdProperties(@DefaultValue("false") boolean enabled, @DefaultValue("X-Request-Id") String header,
		@DefaultValue("false") boolean trusted) {

	RequestIdProperties {
		InvalidIodinePropertyException.unless(header.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}"),
				"iodine.request-id.header", header, "the name of a header, such as X-Request-Id");
	}

}
