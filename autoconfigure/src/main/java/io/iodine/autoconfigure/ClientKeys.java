package io.iodine.autoconfigure;

import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.ssl.SslBundleRegistry;

/** Makes SSL bundles of the keys that clients name. */
final class ClientKeys implements SslBundleRegistrar {

	private final ClientProperties properties;

	ClientKeys(ClientProperties properties) {
		this.properties = properties;
	}

	static String bundle(String client) {
		return "iodine-client-" + client;
	}

	@Override
	public void registerBundles(SslBundleRegistry registry) {
		this.properties.clients().forEach((name, entry) -> {
			if (entry.tls().bringsKeys()) {
				registry.registerBundle(bundle(name),
						new TlsKeys(entry.tls().keys(), ClientProperties.prefix(name) + ".tls").clientBundle());
			}
		});
	}

}
