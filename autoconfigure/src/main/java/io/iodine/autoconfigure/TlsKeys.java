package io.iodine.autoconfigure;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.io.ApplicationResourceLoader;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleKey;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.boot.ssl.pem.PemContent;
import org.springframework.boot.ssl.pem.PemSslStore;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.core.io.ResourceLoader;

/**
 * Reads the keys and certificates that {@code iodine.tls}, or a block like it, names, or
 * makes a self-signed one; what can't be read fails start-up naming its property.
 */
final class TlsKeys {

	private static final Log logger = LogFactory.getLog(TlsKeys.class);

	private static final Set<String> PROTOCOLS = Set.of("TLSv1.3", "TLSv1.2");

	private static final ResourceLoader FILES_FIRST = ApplicationResourceLoader.get(new DefaultResourceLoader(), true);

	private final TlsProperties tls;

	private final String prefix;

	/**
	 * Reads the keys of a block of properties.
	 * @param tls the block
	 * @param prefix its name, such as {@code iodine.tls}
	 */
	TlsKeys(TlsProperties tls, String prefix) {
		this.tls = tls;
		this.prefix = prefix;
	}

	SslBundle bundle() {
		PemSslStore trusted = (this.tls.trustCertificate() != null) ? trustStore(this.tls.trustCertificate()) : null;
		return SslBundle.of(new PemSslStoreBundle(keyStore(), trusted), SslBundleKey.NONE,
				SslOptions.of(null, PROTOCOLS));
	}

	/** Without keys of its own, a client shows none. */
	SslBundle clientBundle() {
		boolean keys = this.tls.certificate() != null || this.tls.privateKey() != null;
		PemSslStore trusted = (this.tls.trustCertificate() != null) ? trustStore(this.tls.trustCertificate()) : null;
		return SslBundle.of(new PemSslStoreBundle(keys ? keyStore() : null, trusted), SslBundleKey.NONE,
				SslOptions.of(null, PROTOCOLS));
	}

	private PemSslStore keyStore() {
		if (Boolean.TRUE.equals(this.tls.enabled()) && this.tls.certificate() == null
				&& this.tls.privateKey() == null) {
			return selfSigned();
		}
		List<X509Certificate> chain = certificates(this.prefix + ".certificate", orEmpty(this.tls.certificate()));
		PrivateKey key = read(this.prefix + ".private-key", orEmpty(this.tls.privateKey()),
				"the location of a PEM file with a private key, which " + this.prefix + ".private-key-password opens "
						+ "if it is encrypted",
				this::privateKey);
		requirePair(this.prefix + ".private-key", orEmpty(this.tls.privateKey()), key, chain,
				this.prefix + ".certificate");
		return PemSslStore.of(chain, key);
	}

	/**
	 * Fails start-up when a key is not that of a certificate.
	 * @param property the property of the key
	 * @param location what it says
	 * @param key the key
	 * @param chain the certificate, and those of its issuers
	 * @param certificateProperty the property of the certificate
	 */
	static void requirePair(String property, String location, PrivateKey key, List<X509Certificate> chain,
			String certificateProperty) {
		if (!chain.isEmpty() && !KeyPairing.matches(key, chain.get(0).getPublicKey())) {
			throw new InvalidIodinePropertyException(property, shown(location), "the location of the private key of "
					+ "the first certificate in " + certificateProperty + ", not that of another certificate");
		}
	}

	private PrivateKey privateKey(PemContent content) {
		PrivateKey key = content.getPrivateKey(this.tls.privateKeyPassword());
		if (key == null) {
			throw new IllegalStateException("it contains no private key");
		}
		return key;
	}

	private static String orEmpty(@Nullable String location) {
		return Objects.requireNonNullElse(location, "");
	}

	private PemSslStore selfSigned() {
		SelfSignedCertificate made = SelfSignedCertificate.create();
		logger.warn("TLS uses a self-signed certificate for " + String.join(", ", made.hosts())
				+ ", made at this start. It is for development only: set " + this.prefix + ".certificate and "
				+ this.prefix + ".private-key, or " + this.prefix + ".bundle, for anything else.");
		return PemSslStore.of(List.of(made.certificate()), made.privateKey());
	}

	private PemSslStore trustStore(String location) {
		return PemSslStore.of(certificates(this.prefix + ".trust-certificate", location), null);
	}

	private static List<X509Certificate> certificates(String property, String location) {
		return read(property, location, "the location of a PEM file with certificates", PemContent::getCertificates);
	}

	private static <T> T read(String property, String location, String expected, Function<PemContent, T> part) {
		try {
			return part.apply(content(location));
		}
		catch (IOException | IllegalArgumentException | IllegalStateException ex) {
			throw rejected(property, location, expected, ex);
		}
	}

	/** Names the location, but never shows a key that stands in its place. */
	private static InvalidIodinePropertyException rejected(String property, String location, String expected,
			Throwable cause) {
		InvalidIodinePropertyException rejected = new InvalidIodinePropertyException(property, shown(location),
				expected);
		rejected.initCause(cause);
		return rejected;
	}

	private static String shown(String location) {
		return PemContent.isPresentInText(location) ? "(PEM text)" : location;
	}

	private static PemContent content(String location) throws IOException {
		try (InputStream pem = PemContent.isPresentInText(location)
				? new ByteArrayInputStream(location.getBytes(StandardCharsets.UTF_8))
				: FILES_FIRST.getResource(location).getInputStream()) {
			return PemContent.load(pem);
		}
	}

}
