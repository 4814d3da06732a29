package io.iodine.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Keys of a server, and the authority that has signed them. Made by {@code openssl}.
 *
 * @param authority PEM file of the authority's certificate
 * @param certificate PEM file of the server's certificate
 * @param privateKey PEM file of the server's private key
 */
record Keys(Path authority, Path certificate, Path privateKey) {

	static Keys create(Path folder) throws IOException {
		// without an address for revocation, the certificate itself would be a finding
		Files.writeString(folder.resolve("extensions"), """
				subjectAltName=DNS:localhost,IP:127.0.0.1
				extendedKeyUsage=serverAuth
				keyUsage=digitalSignature,keyEncipherment
				authorityInfoAccess=OCSP;URI:http://127.0.0.1/ocsp
				""");
		openssl(folder, "req -x509 -newkey rsa:2048 -nodes -sha256 -days 400 -subj /CN=authority"
				+ " -keyout authority.key -out authority.crt");
		openssl(folder, "req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout server.key -out server.csr");
		openssl(folder, "x509 -req -in server.csr -CA authority.crt -CAkey authority.key -CAcreateserial"
				+ " -sha256 -days 200 -extfile extensions -out server.crt");
		return new Keys(folder.resolve("authority.crt"), folder.resolve("server.crt"), folder.resolve("server.key"));
	}

	private static void openssl(Path folder, String arguments) {
		try (Program program = Program.start(folder, "openssl", List.of(("openssl " + arguments).split(" ", -1)))) {
			assertThat(program.await(Duration.ofMinutes(1))).as(arguments).isTrue();
		}
	}

}
