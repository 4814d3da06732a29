package io.iodine.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Map;

/**
 * Checks that a private key belongs to a certificate; with another key the server would
 * start and every handshake fail.
 */
final class KeyPairing {

	private static final byte[] SAMPLE = "iodine".repeat(8).getBytes(StandardCharsets.US_ASCII);

	private static final Map<String, String> SIGNATURES = Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA",
			"EdDSA", "EdDSA");

	private KeyPairing() {
	}

	/**
	 * Signs with the one and verifies with the other.
	 * @param privateKey the private key
	 * @param publicKey the key of the certificate
	 * @return false when they do not belong together; true also for kinds of keys that
	 * can't be tried
	 */
	static boolean matches(PrivateKey privateKey, PublicKey publicKey) {
		String algorithm = SIGNATURES.get(privateKey.getAlgorithm());
		if (algorithm == null) {
			return true;
		}
		return privateKey.getAlgorithm().equals(publicKey.getAlgorithm()) && verifies(algorithm, privateKey, publicKey);
	}

	private static boolean verifies(String algorithm, PrivateKey privateKey, PublicKey publicKey) {
		try {
			Signature signing = Signature.getInstance(algorithm);
			signing.initSign(privateKey);
			signing.update(SAMPLE);
			byte[] signature = signing.sign();
			Signature verifying = Signature.getInstance(algorithm);
			verifying.initVerify(publicKey);
			verifying.update(SAMPLE);
			return verifying.verify(signature);
		}
		catch (GeneralSecurityException ex) {
			return false;
		}
	}

}
