package io.iodine.upgrade;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

import io.iodine.connection.frame.CompressionSettings;
import io.iodine.connection.frame.CompressionSettings.Mode;
import io.iodine.connection.frame.DeflateParameters;
import io.iodine.upgrade.ExtensionOffer.Parameter;

/**
 * Agrees with a client on permessage-deflate (RFC 7692, section 7.1): the first of its
 * offers that can be kept. The answer repeats what was offered and adds nothing, because
 * many clients fail the handshake otherwise. To compress each message on its own needs no
 * parameter.
 */
final class DeflateNegotiation {

	private static final String NAME = "permessage-deflate";

	private static final String SERVER_NO_CONTEXT = "server_no_context_takeover";

	private static final String CLIENT_NO_CONTEXT = "client_no_context_takeover";

	private static final String SERVER_WINDOW = "server_max_window_bits";

	private static final String CLIENT_WINDOW = "client_max_window_bits";

	private static final int WIDEST = 15;

	private static final Pattern WINDOW_BITS = Pattern.compile("[89]|1[0-5]");

	private DeflateNegotiation() {
	}

	/**
	 * Chooses among the offers of a client.
	 * @param offers what it offers, the preferred first
	 * @param settings what is wanted here
	 * @return what is agreed on; empty when nothing is, and messages go uncompressed
	 */
	static Optional<DeflateParameters> choose(List<ExtensionOffer> offers, CompressionSettings settings) {
		return offers.stream()
			.filter((offer) -> settings.enabled() && offer.name().equals(NAME) && canBeKept(offer))
			.findFirst()
			.map((offer) -> agree(offer, settings.mode()));
	}

	private static boolean canBeKept(ExtensionOffer offer) {
		Set<String> seen = new HashSet<>();
		return offer.parameters().stream().allMatch((parameter) -> seen.add(parameter.name()) && canBeKept(parameter));
	}

	private static boolean canBeKept(Parameter parameter) {
		Optional<String> value = parameter.value();
		return switch (parameter.name()) {
			case SERVER_NO_CONTEXT, CLIENT_NO_CONTEXT -> value.isEmpty();
			case SERVER_WINDOW -> value.filter((bits) -> WINDOW_BITS.matcher(bits).matches()).isPresent();
			case CLIENT_WINDOW -> value.isEmpty() || WINDOW_BITS.matcher(value.get()).matches();
			default -> false;
		};
	}

	private static DeflateParameters agree(ExtensionOffer offer, Mode mode) {
		int window = window(offer);
		boolean serverNoContext = has(offer, SERVER_NO_CONTEXT);
		boolean clientNoContext = has(offer, CLIENT_NO_CONTEXT);
		// the JDK's deflater has no window but the widest
		boolean serverTakeover = mode == Mode.DEDICATED && !serverNoContext && window == WIDEST;
		return new DeflateParameters(serverTakeover, !clientNoContext, window,
				NAME + (serverNoContext ? "; " + SERVER_NO_CONTEXT : "")
						+ (clientNoContext ? "; " + CLIENT_NO_CONTEXT : "")
						+ (has(offer, SERVER_WINDOW) ? "; " + SERVER_WINDOW + "=" + window : ""));
	}

	private static int window(ExtensionOffer offer) {
		return offer.parameters()
			.stream()
			.filter((given) -> given.name().equals(SERVER_WINDOW))
			.flatMap((given) -> given.value().stream())
			.mapToInt(Integer::parseInt)
			.findFirst()
			.orElse(WIDEST);
	}

	private static boolean has(ExtensionOffer offer, String parameter) {
		return offer.parameters().stream().anyMatch((given) -> given.name().equals(parameter));
	}

}
