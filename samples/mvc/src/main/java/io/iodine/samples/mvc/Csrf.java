package io.iodine.samples.mvc;

import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Gives the page the token that it must send with a POST. */
@RestController
class Csrf {

	@GetMapping("/csrf")
	CsrfToken token(CsrfToken token) {
		return token;
	}

}
