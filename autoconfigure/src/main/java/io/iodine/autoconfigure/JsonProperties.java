package io.iodine.autoconfigure;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties of the JSON of messages.
 *
 * @param lenient Whether typed handlers and subscribed methods read JSON with comments,
 * single quotes, names without quotes, trailing commas, NaN and other liberties.
 */
@ConfigurationProperties("iodine.json")
record JsonProperties(@DefaultValue("false") boolean lenient) {
}
