package io.iodine.autoconfigure;

import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.ssl.SslBundleRegistry;

/** Makes SSL bundles of the keys that listeners name. */
final class ListenerKeys implements SslBundleRegistrar {

	private final ListenerProperties properties;

	ListenerKeys(ListenerProperties properties) {
		this.properties = properties;
	}

	static String bundle(String listener) {
		return "iodine-listener-" + listener;
	}

	/** Of a web server's address with TLS that names no keys. */
	private static boolean isSelfSigned(ListenerProperties.Entry entry) {
		return entry.isHttp() && String.valueOf(entry.url()).startsWith("https:") && entry.tls().bundle() == null;
	}

	@Override
	public void registerBundles(SslBundleRegistry registry) {
		this.properties.named().forEach((name, entry) -> {
			if (entry.tls().bringsKeys() || isSelfSigned(entry)) {
				registry.registerBundle(bundle(name),
						new TlsKeys(entry.tls().keys(), "iodine.listeners." + name + ".tls").bundle());
			}
		});
	}

}
