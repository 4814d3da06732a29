package io.iodine.autoconfigure;

import org.jspecify.annotations.Nullable;

/**
 * Encryption of the web server's port, TLS 1.2 and 1.3 only. Fills server.ssl.
 *
 * @param enabled Whether to encrypt connections. By default if a certificate or a bundle
 * is set. Enabled without either it means a self-signed certificate, for development.
 * @param certificate Location of the certificate chain, PEM, the server's own certificate
 * first.
 * @param privateKey Location of the certificate's private key, PEM.
 * @param privateKeyPassword Password of an encrypted private key.
 * @param trustCertificate Location of the certificates, PEM, one of which must have
 * signed a client's. Makes client certificates required.
 * @param bundle Name of the bundle of spring.ssl.bundle to use instead of certificate and
 * private key.
 */
record TlsProperties(@Nullable Boolean enabled, @Nullable String certificate, @Nullable String privateKey,
		@Nullable String privateKeyPassword, @Nullable String trustCertificate, @Nullable String bundle) {

	/** Whether certificates are to be read or made, as opposed to a bundle named. */
	boolean bringsKeys() {
		return this.bundle == null && isWanted();
	}

	boolean isWanted() {
		return (this.enabled != null) ? this.enabled : isDescribed();
	}

	/** Whether more is said than that it is on or off. */
	boolean isDescribed() {
		return this.certificate != null || this.privateKey != null || this.trustCertificate != null
				|| this.bundle != null;
	}

}
