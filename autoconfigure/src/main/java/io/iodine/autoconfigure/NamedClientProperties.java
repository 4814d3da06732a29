package io.iodine.autoconfigure;

import io.iodine.socket.NamedClientSettings;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Properties of named clients.
 *
 * @param unknown What to do with a peer that is not registered.
 * @param prefix Prefix of generated names.
 * @param maxParked Number of peers that may wait until they are registered.
 * @param maxInput Size of what peers have sent and the application has not taken, over
 * which nothing more is read from any.
 */
@ConfigurationProperties("iodine.named-clients")
record NamedClientProperties(@DefaultValue("refuse") NamedClientSettings.Unknown unknown,
		@DefaultValue("unknown-") String prefix, @DefaultValue("100") int maxParked,
		@DefaultValue("512MB") DataSize maxInput) {

	NamedClientProperties {
		InvalidIodinePropertyException.unless(!prefix.isEmpty(), "iodine.named-clients.prefix", "empty",
				"a text such as unknown-");
		InvalidIodinePropertyException.unless(maxParked >= 0, "iodine.named-clients.max-parked", maxParked,
				"a number of 0 or more");
		InvalidIodinePropertyException.unless(maxInput.toBytes() > 0, "iodine.named-clients.max-input", maxInput,
				"a size above 0, such as 512MB");
	}

	NamedClientSettings settings() {
		return new NamedClientSettings(this.unknown, this.prefix, this.maxParked, this.maxInput.toBytes());
	}

}
