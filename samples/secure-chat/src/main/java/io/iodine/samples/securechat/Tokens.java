package io.iodine.samples.securechat;

import java.security.Principal;
import java.time.Duration;
import java.time.Instant;

import javax.crypto.SecretKey;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.security.oauth2.jose.jws.MacAlgorithm;
import org.springframework.security.oauth2.jwt.JwsHeader;
import org.springframework.security.oauth2.jwt.JwtClaimsSet;
import org.springframework.security.oauth2.jwt.JwtEncoder;
import org.springframework.security.oauth2.jwt.JwtEncoderParameters;
import org.springframework.security.oauth2.jwt.NimbusJwtEncoder;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Gives a token to whom has logged in. */
@RestController
class Tokens {

	private final JwtEncoder encoder;

	private final Duration lifetime;

	Tokens(SecretKey key, @Value("${chat.token-lifetime:10m}") Duration lifetime) {
		this.encoder = NimbusJwtEncoder.withSecretKey(key).build();
		this.lifetime = lifetime;
	}

	@PostMapping("/token")
	String token(Principal user) {
		JwtClaimsSet claims = JwtClaimsSet.builder()
			.subject(user.getName())
			.expiresAt(Instant.now().plus(this.lifetime))
			.build();
		JwsHeader header = JwsHeader.with(MacAlgorithm.HS256).build();
		return this.encoder.encode(JwtEncoderParameters.from(header, claims)).getTokenValue();
	}

}
