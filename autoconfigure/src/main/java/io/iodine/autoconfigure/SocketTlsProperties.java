package io.iodine.autoconfigure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Encryption of a listener or a client, TLS 1.2 and 1.3 only.
 *
 * @param certificate Location of the certificate chain, PEM, the own certificate first.
 * @param privateKey Location of the certificate's private key, PEM.
 * @param privateKeyPassword Password of an encrypted private key.
 * @param trustCertificate Location of the certificates, PEM, one of which must have
 * signed the peer's. On a listener, makes client certificates required.
 * @param bundle Name of the bundle of spring.ssl.bundle to use instead.
 * @param clientCertificate Whether a client must have a certificate that the bundle
 * trusts.
 * @param sni Names of bundles by the host names that clients ask for.
 * @param alpn Protocols that are negotiated, by preference.
 * @param handshakeTimeout How long a handshake may take.
 */
record SocketTlsProperties(@Nullable String certificate, @Nullable String privateKey,
		@Nullable String privateKeyPassword, @Nullable String trustCertificate, @Nullable String bundle,
		@DefaultValue("false") boolean clientCertificate, @DefaultValue Map<String, String> sni,
		@DefaultValue List<String> alpn, @DefaultValue("4s") Duration handshakeTimeout) {

	static final SocketTlsProperties NONE = new SocketTlsProperties(null, null, null, null, null, false, Map.of(),
			List.of(), Duration.ofSeconds(4));

	SocketTlsProperties {
		sni = new LinkedHashMap<>(sni);
		alpn = List.copyOf(alpn);
	}

	void check(String name) {
		InvalidIodinePropertyException.unless(
				this.bundle == null || (this.certificate == null && this.privateKey == null
						&& this.privateKeyPassword == null && this.trustCertificate == null),
				name + ".bundle", String.valueOf(this.bundle),
				"left out beside certificate, private-key and " + "trust-certificate, or set without them");
		PropertyCheck.upToADayAboveZero(name + ".handshake-timeout", this.handshakeTimeout);
	}

	boolean isClientCertificate() {
		return this.clientCertificate || this.trustCertificate != null;
	}

	/** Whether keys are named here, as opposed to a bundle. */
	boolean bringsKeys() {
		return this.certificate != null || this.privateKey != null || this.trustCertificate != null;
	}

	TlsProperties keys() {
		return new TlsProperties(true, this.certificate, this.privateKey, this.privateKeyPassword,
				this.trustCertificate, null);
	}

}
