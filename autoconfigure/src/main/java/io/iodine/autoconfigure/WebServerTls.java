package io.iodine.autoconfigure;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MutuallyExclusiveConfigurationPropertiesException;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.boot.ssl.pem.PemSslStore;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;
import org.springframework.boot.web.server.AbstractConfigurableWebServerFactory;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Fills {@code server.ssl} from {@code iodine.tls}, whose files become an SSL bundle of
 * the web server. Two different values of both fail start-up.
 */
final class WebServerTls implements SslBundleRegistrar,
		WebServerFactoryCustomizer<AbstractConfigurableWebServerFactory>, HangUp.Action, Ordered {

	private static final Log logger = LogFactory.getLog(WebServerTls.class);

	private static final String BUNDLE = "iodine";

	private static final List<String> OURS = List.of("iodine.tls.enabled", "iodine.tls.certificate",
			"iodine.tls.private-key", "iodine.tls.trust-certificate", "iodine.tls.bundle");

	private static final List<String> BOOTS_KEYS = List.of("server.ssl.bundle", "server.ssl.key-store",
			"server.ssl.certificate");

	private final TlsProperties tls;

	private final Environment environment;

	private volatile @Nullable SslBundleRegistry bundles;

	WebServerTls(TlsProperties tls, Environment environment) {
		this.tls = tls;
		this.environment = environment;
	}

	@Override
	public void registerBundles(SslBundleRegistry registry) {
		this.bundles = registry;
		rejectContradictions();
		if (this.tls.bringsKeys() && !leftToBoot()) {
			registry.registerBundle(BUNDLE, new TlsKeys(this.tls, "iodine.tls").bundle());
		}
	}

	/**
	 * Reads the certificate and the key anew; those that can't be used change nothing.
	 */
	@Override
	public void hangUp() {
		SslBundleRegistry registry = this.bundles;
		if (registry == null || !this.tls.bringsKeys() || !this.tls.isDescribed() || leftToBoot()) {
			return;
		}
		try {
			registry.updateBundle(BUNDLE, new TlsKeys(this.tls, "iodine.tls").bundle());
			logger.info("The certificate and the key of iodine.tls were reloaded");
		}
		catch (RuntimeException ex) {
			logger.error("The certificate and the key of iodine.tls can't be reloaded, and those in use stay", ex);
		}
	}

	@Override
	public void customize(AbstractConfigurableWebServerFactory factory) {
		rejectContradictions();
		if (this.tls.isWanted() && !leftToBoot()) {
			Ssl ssl = Objects.requireNonNullElseGet(factory.getSsl(), Ssl::new);
			ssl.setBundle(Objects.requireNonNullElse(this.tls.bundle(), BUNDLE));
			if (this.tls.trustCertificate() != null) {
				ssl.setClientAuth(Ssl.ClientAuth.NEED);
			}
			factory.setSsl(ssl);
		}
		Ssl ssl = factory.getSsl();
		if (Ssl.isEnabled(ssl) && ssl != null) {
			if (ssl.getBundle() == null) {
				requirePair(ssl);
			}
			forwardSecrecy(factory, ssl);
		}
	}

	/** The suites of {@code server.ssl.ciphers} hold for bundles that name none. */
	private static void forwardSecrecy(AbstractConfigurableWebServerFactory factory, Ssl ssl) {
		Set<String> ciphers = Objects.requireNonNullElseGet(SslOptions.asSet(ssl.getCiphers()), ForwardSecrecy::suites);
		ssl.setCiphers(ciphers.toArray(String[]::new));
		SslBundles bundles = factory.getSslBundles();
		if (bundles != null) {
			factory.setSslBundles(new ForwardSecrecy(bundles, ciphers));
		}
	}

	/**
	 * Boot would start with a key and a certificate that have nothing to do with each
	 * other.
	 */
	private static void requirePair(Ssl ssl) {
		String location = ssl.getCertificatePrivateKey();
		if (ssl.getCertificate() == null || location == null) {
			return;
		}
		PemSslStore store = PemSslStore.load(new PemSslStoreDetails(null, ssl.getCertificate(), location)
			.withPrivateKeyPassword(ssl.getKeyPassword()));
		if (store != null && store.privateKey() != null && store.certificates() != null) {
			TlsKeys.requirePair("server.ssl.certificate-private-key", location, store.privateKey(),
					store.certificates(), "server.ssl.certificate");
		}
	}

	/** After Boot's own customizers, which have order 0. */
	@Override
	public int getOrder() {
		return 1;
	}

	/** Switched on without further words, while Boot's keys say all there is to say. */
	private boolean leftToBoot() {
		return !this.tls.isDescribed() && BOOTS_KEYS.stream().anyMatch((key) -> configured(key) != null);
	}

	private void rejectContradictions() {
		exclusive("iodine.tls.bundle", "iodine.tls.certificate", "iodine.tls.private-key",
				"iodine.tls.private-key-password", "iodine.tls.trust-certificate");
		same("iodine.tls.enabled", "server.ssl.enabled");
		same("iodine.tls.certificate", "server.ssl.certificate");
		same("iodine.tls.private-key", "server.ssl.certificate-private-key");
		same("iodine.tls.trust-certificate", "server.ssl.trust-certificate");
		same("iodine.tls.bundle", "server.ssl.bundle");
		exclusive("iodine.tls.certificate", "server.ssl.bundle", "server.ssl.key-store");
		exclusive("iodine.tls.bundle", "server.ssl.certificate", "server.ssl.key-store");
		exclusive("iodine.tls.trust-certificate", "server.ssl.bundle", "server.ssl.trust-store");
		if (this.tls.trustCertificate() != null
				&& !"need".equalsIgnoreCase(Objects.requireNonNullElse(configured("server.ssl.client-auth"), "need"))) {
			reject("iodine.tls.trust-certificate", "server.ssl.client-auth");
		}
		if (!this.tls.isWanted()) {
			exclusive("iodine.tls.enabled", BOOTS_KEYS.toArray(String[]::new));
		}
		else if ("false".equals(configured("server.ssl.enabled"))) {
			OURS.forEach((property) -> exclusive(property, "server.ssl.enabled"));
		}
	}

	private void same(String ours, String boots) {
		String one = configured(ours);
		String other = configured(boots);
		if (one != null && other != null && !one.equals(other)) {
			reject(ours, boots);
		}
	}

	private void exclusive(String one, String... others) {
		if (configured(one) != null) {
			Stream.of(others)
				.filter((other) -> configured(other) != null)
				.findFirst()
				.ifPresent((other) -> reject(one, other));
		}
	}

	private static void reject(String one, String other) {
		List<String> both = List.of(one, other);
		throw new MutuallyExclusiveConfigurationPropertiesException(both, both);
	}

	private @Nullable String configured(String property) {
		return Binder.get(this.environment).bind(property, Bindable.of(String.class)).orElse(null);
	}

}
