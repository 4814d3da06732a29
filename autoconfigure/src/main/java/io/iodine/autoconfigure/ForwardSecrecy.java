package io.iodine.autoconfigure;

import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import javax.net.ssl.SSLContext;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslOptions;

/**
 * Gives the SSL bundles of the web server cipher suites with forward secrecy, unless a
 * bundle names its own. With others, of which Netty offers three by default, a stolen
 * private key of RSA opens all recorded traffic.
 *
 * @param bundles the bundles of the application
 * @param ciphers the suites for bundles that name none
 */
record ForwardSecrecy(SslBundles bundles, Set<String> ciphers) implements SslBundles {

	/**
	 * The JDK's suites of TLS 1.3, and those of TLS 1.2 that Netty enables by default.
	 */
	static Set<String> suites() {
		try {
			return Arrays.stream(SSLContext.getDefault().getDefaultSSLParameters().getCipherSuites())
				.filter(ForwardSecrecy::isForwardSecret)
				.collect(Collectors.toCollection(LinkedHashSet::new));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("the JDK has no TLS", ex);
		}
	}

	private static boolean isForwardSecret(String suite) {
		return suite.startsWith("TLS_AES_") || suite.startsWith("TLS_CHACHA20_")
				|| (suite.startsWith("TLS_ECDHE_") && !suite.matches(".*_CBC_SHA(256|384)"));
	}

	@Override
	public SslBundle getBundle(String name) {
		return forwardSecret(this.bundles.getBundle(name));
	}

	@Override
	public void addBundleUpdateHandler(String name, Consumer<SslBundle> handler) {
		this.bundles.addBundleUpdateHandler(name, (updated) -> handler.accept(forwardSecret(updated)));
	}

	@Override
	public void addBundleRegisterHandler(BiConsumer<String, SslBundle> handler) {
		this.bundles.addBundleRegisterHandler((name, bundle) -> handler.accept(name, forwardSecret(bundle)));
	}

	@Override
	public List<String> getBundleNames() {
		return this.bundles.getBundleNames();
	}

	private SslBundle forwardSecret(SslBundle bundle) {
		SslOptions options = bundle.getOptions();
		if (options.getCiphers() != null) {
			return bundle;
		}
		return SslBundle.of(bundle.getStores(), bundle.getKey(),
				SslOptions.of(this.ciphers, SslOptions.asSet(options.getEnabledProtocols())), bundle.getProtocol(),
				bundle.getManagers());
	}

}
