package io.iodine.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A key of this machine, and clients that trust it.
 *
 * @param store where it is kept
 */
record LocalhostKeys(Path store) {

	private static final String PASSWORD = "password";

	static LocalhostKeys in(Path folder) throws IOException, InterruptedException {
		Path store = folder.resolve("store.p12");
		List<String> keytool = List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
				"-genkeypair", "-keyalg", "EC", "-storetype", "PKCS12", "-keystore", store.toString(), "-storepass",
				PASSWORD, "-dname", "CN=localhost", "-ext", "san=dns:localhost,ip:127.0.0.1");
		int exit = new ProcessBuilder(keytool).start().waitFor();
		if (exit != 0) {
			throw new IOException("keytool ended with " + exit);
		}
		return new LocalhostKeys(store);
	}

	/** The properties of a server with this key. */
	String[] properties() {
		return new String[] { "server.ssl.key-store=" + this.store, "server.ssl.key-store-password=" + PASSWORD,
				"server.http2.enabled=true" };
	}

	/** What a client trusts. */
	SSLContext trusting() throws IOException, GeneralSecurityException {
		KeyStore keys = KeyStore.getInstance("PKCS12");
		try (InputStream in = Files.newInputStream(this.store)) {
			keys.load(in, PASSWORD.toCharArray());
		}
		KeyStore trusted = KeyStore.getInstance("PKCS12");
		trusted.load(null, null);
		trusted.setCertificateEntry("server", keys.getCertificate(keys.aliases().nextElement()));
		TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		managers.init(trusted);
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(null, managers.getTrustManagers(), null);
		return context;
	}

}
