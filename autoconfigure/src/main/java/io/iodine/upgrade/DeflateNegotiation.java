package io.iodine.upgrade;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

import io.iodine.connection.frame.CompressionSettings.Mode;
import io.iodine.connection.frame.CompressionSettings;
import io.iodine.connection.frame.DeflateParameters;
import io.iodine.upgrade.ExtensionOffer.Parameter;

/**
 * Agrees with a client on permessage-deflate (RFC 7692, section 7.1): the first of its
 * offers that can be kept. The JDK's deflater has a window of 15 bits and no other, so an
 * offer that asks for a smaller one is declined; its inflater takes any.
 */
final class DeflateNegotiation {

	private static final String NAME = "permessage-deflate";

	private static final String SERVER_NO_CONTEXT = "server_no_context_takeover";

	private static final String CLIENT_NO_CONTEXT = "client_no_context_takeover";

	private static final String SERVER_WINDOW = "server_max_window_bits";

	private static final String CLIENT_WINDOW = "client_max_window_bits";

	private static final String WIDEST = "15";

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
			case SERVER_WINDOW -> value.filter(WIDEST::equals).isPresent();
			case CLIENT_WINDOW -> value.isEmpty() || WINDOW_BITS.matcher(value.get()).matches();
			default -> false;
		};
	}

	private static DeflateParameters agree(ExtensionOffer offer, Mode mode) {
		boolean shared = mode == Mode.SHARED;
		boolean serverTakeover = !shared && !has(offer, SERVER_NO_CONTEXT);
		boolean clientTakeover = !shared && !has(offer, CLIENT_NO_CONTEXT);
		return new DeflateParameters(serverTakeover, clientTakeover,
				NAME + (serverTakeover ? "" : "; " + SERVER_NO_CONTEXT)
						+ (clientTakeover ? "" : "; " + CLIENT_NO_CONTEXT)
						+ (has(offer, SERVER_WINDOW) ? "; " + SERVER_WINDOW + "=" + WIDEST : ""));
	}

	private static boolean has(ExtensionOffer offer, String parameter) {
		return offer.parameters().stream().anyMatch((given) -> given.name().equals(parameter));
	}

}
