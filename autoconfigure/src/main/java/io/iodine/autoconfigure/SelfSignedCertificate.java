package io.iodine.autoconfigure;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

import javax.security.auth.x500.X500Principal;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * A certificate for development, which only memory ever holds: P-256, for localhost and
 * the name of this host, valid for a year. The JDK can read certificates but has no
 * public way to write one, hence the DER (RFC 5280, section 4.1).
 *
 * @param certificate the certificate
 * @param privateKey its key
 * @param hosts the names it is for
 */
record SelfSignedCertificate(X509Certificate certificate, PrivateKey privateKey, List<String> hosts) {

	private static final Log logger = LogFactory.getLog(SelfSignedCertificate.class);

	private static final DateTimeFormatter GENERALIZED_TIME = DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'")
		.withZone(ZoneOffset.UTC);

	private static final int INTEGER = 0x02;

	private static final int BIT_STRING = 0x03;

	private static final int OCTET_STRING = 0x04;

	private static final int TIME = 0x18;

	private static final int SEQUENCE = 0x30;

	private static final int VERSION = 0xA0;

	private static final int EXTENSIONS = 0xA3;

	private static final int DNS_NAME = 0x82;

	private static final int IP_ADDRESS = 0x87;

	private static final byte[] ECDSA_WITH_SHA256 = HexFormat.of().parseHex("06082a8648ce3d040302");

	private static final byte[] SUBJECT_ALTERNATIVE_NAME = HexFormat.of().parseHex("0603551d11");

	private static final byte[] EXTENDED_KEY_USAGE = HexFormat.of().parseHex("0603551d25");

	private static final byte[] SERVER_AUTHENTICATION = HexFormat.of().parseHex("06082b06010505070301");

	private static final byte[] LOOPBACK_4 = { 127, 0, 0, 1 };

	private static final byte[] LOOPBACK_6 = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 };

	/**
	 * Makes one.
	 * @return a new certificate
	 */
	static SelfSignedCertificate create() {
		List<String> hosts = namesOfThisHost();
		try {
			KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
			generator.initialize(new ECGenParameterSpec("secp256r1"));
			KeyPair keys = generator.generateKeyPair();
			byte[] encoded = signed(toBeSigned(keys, hosts), keys.getPrivate());
			X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
				.generateCertificate(new ByteArrayInputStream(encoded));
			return new SelfSignedCertificate(certificate, keys.getPrivate(), hosts);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("this Java can't make a P-256 certificate", ex);
		}
	}

	private static List<String> namesOfThisHost() {
		List<String> hosts = new ArrayList<>(List.of("localhost"));
		try {
			String host = InetAddress.getLocalHost().getHostName();
			if (!hosts.contains(host) && StandardCharsets.US_ASCII.newEncoder().canEncode(host)) {
				hosts.add(host);
			}
		}
		catch (UnknownHostException ex) {
			logger.debug("this host has no name, so its certificate is for localhost only", ex);
		}
		return List.copyOf(hosts);
	}

	private static byte[] signed(byte[] content, PrivateKey key) throws GeneralSecurityException {
		Signature signature = Signature.getInstance("SHA256withECDSA");
		signature.initSign(key);
		signature.update(content);
		return der(SEQUENCE, content, der(SEQUENCE, ECDSA_WITH_SHA256),
				der(BIT_STRING, new byte[] { 0 }, signature.sign()));
	}

	private static byte[] toBeSigned(KeyPair keys, List<String> hosts) {
		byte[] name = new X500Principal("CN=localhost, O=iodine self-signed").getEncoded();
		Instant now = Instant.now();
		byte[] validity = der(SEQUENCE, time(now.minus(Duration.ofDays(1))), time(now.plus(Duration.ofDays(365))));
		return der(SEQUENCE, der(VERSION, der(INTEGER, new byte[] { 2 })),
				der(INTEGER, new BigInteger(127, new SecureRandom()).toByteArray()), der(SEQUENCE, ECDSA_WITH_SHA256),
				name, validity, name, keys.getPublic().getEncoded(),
				der(EXTENSIONS, der(SEQUENCE, extension(SUBJECT_ALTERNATIVE_NAME, names(hosts)),
						extension(EXTENDED_KEY_USAGE, SERVER_AUTHENTICATION))));
	}

	private static byte[] names(List<String> hosts) {
		ByteArrayOutputStream names = new ByteArrayOutputStream();
		hosts.forEach((host) -> names.writeBytes(der(DNS_NAME, host.getBytes(StandardCharsets.US_ASCII))));
		names.writeBytes(der(IP_ADDRESS, LOOPBACK_4));
		names.writeBytes(der(IP_ADDRESS, LOOPBACK_6));
		return names.toByteArray();
	}

	private static byte[] extension(byte[] identifier, byte[] content) {
		return der(SEQUENCE, identifier, der(OCTET_STRING, der(SEQUENCE, content)));
	}

	private static byte[] time(Instant instant) {
		return der(TIME, GENERALIZED_TIME.format(instant).getBytes(StandardCharsets.US_ASCII));
	}

	/** A tag, the length of the contents in its shortest form, and the contents. */
	private static byte[] der(int tag, byte[]... contents) {
		ByteArrayOutputStream content = new ByteArrayOutputStream();
		for (byte[] part : contents) {
			content.writeBytes(part);
		}
		ByteArrayOutputStream der = new ByteArrayOutputStream();
		der.write(tag);
		if (content.size() < 0x80) {
			der.write(content.size());
		}
		else {
			byte[] length = BigInteger.valueOf(content.size()).toByteArray();
			int first = (length[0] == 0) ? 1 : 0;
			der.write(0x80 | (length.length - first));
			der.write(length, first, length.length - first);
		}
		der.writeBytes(content.toByteArray());
		return der.toByteArray();
	}

}
