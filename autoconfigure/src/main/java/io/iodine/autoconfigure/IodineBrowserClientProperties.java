package io.iodine.autoconfigure;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties of the browser client.
 *
 * @param path Path of the browser client, beside which its types are served with the
 * ending ".d.ts". Empty means that it is not served.
 */
@ConfigurationProperties("iodine.browser-client")
record IodineBrowserClientProperties(@DefaultValue("/iodine/iodine.js") String path) {

	IodineBrowserClientProperties {
		InvalidIodinePropertyException.unless(path.isEmpty()
				|| (path.startsWith("/") && path.endsWith(".js") && path.indexOf('*') < 0 && path.indexOf('{') < 0),
				"iodine.browser-client.path", path, "a path such as /iodine/iodine.js, or an empty value");
	}

	String typesPath() {
		return this.path.substring(0, this.path.length() - ".js".length()) + ".d.ts";
	}

}
