package io.iodine.autoconfigure;

import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link SelfSignedCertificate}.
 */
class SelfSignedCertificateTests {

	private final X509Certificate certificate = SelfSignedCertificate.create().certificate();

	@Test
	void isSignedWithItsOwnKey() {
		assertThatNoException().isThrownBy(() -> this.certificate.verify(this.certificate.getPublicKey()));
		assertThat(this.certificate.getIssuerX500Principal()).isEqualTo(this.certificate.getSubjectX500Principal());
		assertThat(this.certificate.getVersion()).isEqualTo(3);
	}

	@Test
	void hasAKeyOfP256() {
		ECPublicKey key = (ECPublicKey) this.certificate.getPublicKey();

		assertThat(key.getParams().getOrder().bitLength()).isEqualTo(256);
	}

	@Test
	void isForLocalhostAndItsAddresses() throws Exception {
		assertThat(this.certificate.getSubjectAlternativeNames()).contains(List.of(2, "localhost"),
				List.of(7, "127.0.0.1"), List.of(7, "0:0:0:0:0:0:0:1"));
	}

	@Test
	void isForTheNameOfThisHost() throws Exception {
		List<String> hosts = SelfSignedCertificate.create().hosts();

		assertThat(this.certificate.getSubjectAlternativeNames())
			.containsAll(hosts.stream().<List<?>>map((host) -> List.of(2, host)).toList());
	}

	@Test
	void isForServersOnly() throws Exception {
		assertThat(this.certificate.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
	}

	@Test
	void isValidNowAndNotForLong() {
		assertThatNoException().isThrownBy(this.certificate::checkValidity);
		assertThat(this.certificate.getNotAfter()).isBefore(Date.from(Instant.now().plus(Duration.ofDays(398))));
	}

	@Test
	void isAnotherOneEachTime() {
		assertThat(SelfSignedCertificate.create().certificate().getSerialNumber())
			.isNotEqualTo(this.certificate.getSerialNumber());
	}

}
