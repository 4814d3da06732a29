package io.iodine.upgrade;

import java.util.List;
import java.util.Optional;

import io.iodine.connection.frame.CompressionSettings;
import io.iodine.connection.frame.CompressionSettings.Mode;
import io.iodine.connection.frame.DeflateParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The negotiations of RFC 7692, section 7.1.
 */
class DeflateNegotiationTests {

	private static final String BOTH = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					permessage-deflate                                                    | permessage-deflate
					permessage-deflate; client_max_window_bits                            | permessage-deflate
					permessage-deflate; client_max_window_bits=8                          | permessage-deflate
					permessage-deflate; client_max_window_bits=15                         | permessage-deflate
					permessage-deflate; client_max_window_bits="10"                       | permessage-deflate
					permessage-deflate; server_max_window_bits=15                         | permessage-deflate; server_max_window_bits=15
					permessage-deflate;server_max_window_bits = "15"                      | permessage-deflate; server_max_window_bits=15
					permessage-deflate; server_no_context_takeover                        | permessage-deflate; server_no_context_takeover
					permessage-deflate; client_no_context_takeover                        | permessage-deflate; client_no_context_takeover
					permessage-deflate; server_max_window_bits=10, permessage-deflate     | permessage-deflate; server_max_window_bits=10
					permessage-deflate; server_max_window_bits=8; server_no_context_takeover; client_no_context_takeover | permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=8
					permessage-deflate; server_max_window_bits=7, permessage-deflate; client_no_context_takeover | permessage-deflate; client_no_context_takeover
					x-webkit-deflate-frame, permessage-deflate; client_max_window_bits    | permessage-deflate
					foo; bar="baz" , ,	permessage-deflate                                 | permessage-deflate
					""")
	void theFirstOfferThatCanBeKeptIsAcceptedAndNothingIsAdded(String offered, String answer) {
		assertThat(choose(offered, Mode.DEDICATED)).map(DeflateParameters::answer).hasValue(answer);
		assertThat(choose(offered, Mode.SHARED)).map(DeflateParameters::answer).hasValue(answer);
	}

	@ParameterizedTest
	@ValueSource(strings = { "permessage-deflate; server_max_window_bits=7",
			"permessage-deflate; server_max_window_bits", "permessage-deflate; server_max_window_bits=16",
			"permessage-deflate; server_max_window_bits=015", "permessage-deflate; client_max_window_bits=7",
			"permessage-deflate; client_max_window_bits=16", "permessage-deflate; client_max_window_bits=08",
			"permessage-deflate; client_max_window_bits=+9", "permessage-deflate; server_no_context_takeover=1",
			"permessage-deflate; client_no_context_takeover=true",
			"permessage-deflate; server_no_context_takeover; server_no_context_takeover",
			"permessage-deflate; client_max_window_bits; client_max_window_bits=10", "permessage-deflate; unknown",
			"permessage-deflate; unknown=1; server_no_context_takeover", "x-webkit-deflate-frame", "permessage-bzip2",
			"PERMESSAGE-DEFLATE-2" })
	void anOfferThatCannotBeKeptIsDeclined(String offered) {
		assertThat(choose(offered, Mode.DEDICATED)).isEmpty();
	}

	@Test
	void whatIsSharedRefersToNoMessageBeforeAndForbidsTheClientNothing() {
		assertThat(choose("permessage-deflate", Mode.SHARED))
			.hasValue(new DeflateParameters(false, true, 15, "permessage-deflate"));
		assertThat(choose(BOTH, Mode.SHARED)).hasValue(new DeflateParameters(false, false, 15, BOTH));
	}

	@Test
	void aNarrowWindowIsKeptByMessagesThatReferToNoneBefore() {
		assertThat(choose("permessage-deflate; server_max_window_bits=9", Mode.DEDICATED))
			.hasValue(new DeflateParameters(false, true, 9, "permessage-deflate; server_max_window_bits=9"));
	}

	@Test
	void whatIsDedicatedRefersToMessagesBeforeUnlessTheClientForbidsIt() {
		assertThat(choose("permessage-deflate", Mode.DEDICATED))
			.hasValueSatisfying((agreed) -> assertThat(agreed.serverTakeover() && agreed.clientTakeover()).isTrue());
		assertThat(choose(BOTH, Mode.DEDICATED)).hasValue(new DeflateParameters(false, false, 15, BOTH));
	}

	@Test
	void offersMayBeSpreadOverLines() {
		List<String> lines = List.of("permessage-deflate; server_max_window_bits=7", "permessage-deflate");

		Optional<DeflateParameters> agreed = ExtensionOffer.parse(lines)
			.flatMap((offers) -> DeflateNegotiation.choose(offers, settings(true, Mode.DEDICATED)));

		assertThat(agreed).map(DeflateParameters::answer).hasValue("permessage-deflate");
	}

	@Test
	void nothingIsAgreedOnWhenCompressionIsOff() {
		Optional<DeflateParameters> agreed = ExtensionOffer.parse(List.of("permessage-deflate"))
			.flatMap((offers) -> DeflateNegotiation.choose(offers, settings(false, Mode.SHARED)));

		assertThat(agreed).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "permessage-deflate; =1", "permessage-deflate;", "permessage-deflate; a=", "a b",
			"a; b=\"c", "a; b=\"c d\"", "a; b=\"\"", "a; b c", "a=b", "a/b", ";", "a; b=c=d", "a, \"b\"", "a\u00e9" })
	void malformedHeadersAreFound(String header) {
		assertThat(ExtensionOffer.parse(List.of(header))).isEmpty();
	}

	private static Optional<DeflateParameters> choose(String offered, Mode mode) {
		List<ExtensionOffer> offers = ExtensionOffer.parse(List.of(offered)).orElseThrow();
		return DeflateNegotiation.choose(offers, settings(true, mode));
	}

	private static CompressionSettings settings(boolean enabled, Mode mode) {
		return new CompressionSettings(enabled, mode, 1, 6);
	}

}
