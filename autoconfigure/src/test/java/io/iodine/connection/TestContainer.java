package io.iodine.connection;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Locale;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * The web server that this run of the behaviour tests is about. The system property
 * {@code test.server} names it.
 */
public enum TestContainer {

	/** Reactor Netty, by default. */
	NETTY,

	/** Tomcat. */
	TOMCAT,

	/** Tomcat with TLS, whose sockets stay behind its TLS engine. */
	TOMCAT_TLS,

	/** Jetty. */
	JETTY;

	/** The one of this run. */
	public static final TestContainer CURRENT = valueOf(
			System.getProperty("test.server", "netty").toUpperCase(Locale.ROOT).replace('-', '_'));

	String server() {
		return name().toLowerCase(Locale.ROOT).replace("_tls", "");
	}

	/** Whether clients speak TLS. */
	public boolean isEncrypted() {
		return this == TOMCAT_TLS;
	}

	String[] properties() {
		return isEncrypted() ? new String[] { "iodine.tls.enabled=true" } : new String[0];
	}

	/** What clients of a server with a self-signed certificate use. */
	static SSLContext trusting() {
		try {
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(null, new TrustManager[] { new Trusting() }, null);
			return context;
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Trusts any server: a certificate is not what these tests are about. */
	private static final class Trusting extends X509ExtendedTrustManager {

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
			// trusted
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
			// trusted
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
			// trusted
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
			// trusted
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String type) {
			// trusted
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String type) {
			// trusted
		}

		@Override
		public X509Certificate[] getAcceptedIssuers() {
			return new X509Certificate[0];
		}

	}

}
