package io.iodine.edge;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests for {@link RequestScanner} without a socket. */
class RequestScannerTests {

	/** Cases that the handlers behind the scanner decide. */
	private static final Pattern DECIDED_LATER = Pattern.compile("absolute form with(out)? a (user|host|query for).*"
			+ "|percent sign .*|brace in the path|nothing behind a body that was not asked for|not continued");

	static Stream<RequestTable.Case> decided() {
		return RequestTable.cases().filter((request) -> !DECIDED_LATER.matcher(request.name()).matches());
	}

	@ParameterizedTest
	@MethodSource("decided")
	void aRequestIsRefusedForWhatItsAnswerSays(RequestTable.Case request) {
		byte[] octets = request.request().getBytes(StandardCharsets.ISO_8859_1);
		RequestScanner scanner = new RequestScanner(GuardedServer.limits());
		List<Integer> statuses = new ArrayList<>();

		int place = 0;
		while (place < octets.length && statuses.size() < request.statuses().size()) {
			place += scanner.scan(Unpooled.wrappedBuffer(octets, place, octets.length - place), new byte[1024]);
			RejectedRequest rejection = scanner.rejection();
			if (rejection != null) {
				statuses.add(rejection.status().code());
				break;
			}
			if (!scanner.isComplete()) {
				break;
			}
			statuses.add(200);
			scanner.next();
		}

		assertThat(statuses)
			.isEqualTo(request.statuses().stream().map((status) -> (status == 204) ? 200 : status).toList());
	}

	@ParameterizedTest
	@MethodSource("io.iodine.edge.RequestTable#cases")
	void piecesAreReadAsTheWhole(RequestTable.Case request) {
		byte[] octets = request.request().getBytes(StandardCharsets.ISO_8859_1);

		String whole = read(octets, octets.length, 1024);

		assertThat(read(octets, 1, 1)).isEqualTo(whole);
		assertThat(read(octets, 7, 3)).isEqualTo(whole);
		assertThat(read(octets, octets.length, 5)).isEqualTo(whole);
	}

	@Test
	void noGarbageGetsItOutOfStep() {
		Random random = new Random(42);
		List<String> requests = RequestTable.cases().map(RequestTable.Case::request).toList();

		for (int i = 0; i < 20_000; i++) {
			byte[] octets = requests.get(random.nextInt(requests.size())).getBytes(StandardCharsets.ISO_8859_1);
			octets[random.nextInt(octets.length)] = (byte) random.nextInt(256);

			assertThat(read(octets, 1 + random.nextInt(64), 1 + random.nextInt(64)))
				.isEqualTo(read(octets, octets.length, 1024));
		}
	}

	/** Where requests end, and what the last of them is refused for. */
	private static String read(byte[] octets, int piece, int window) {
		RequestScanner scanner = new RequestScanner(GuardedServer.limits());
		List<Object> ends = new ArrayList<>();
		int place = 0;
		while (place < octets.length && scanner.rejection() == null) {
			if (scanner.isComplete()) {
				ends.add(place);
				scanner.next();
			}
			ByteBuf in = Unpooled.wrappedBuffer(octets, place, Math.min(piece, octets.length - place));
			place += scanner.scan(in, new byte[window]);
		}
		ends.add(scanner.isComplete());
		ends.add(String.valueOf(scanner.rejection()));
		return ends.toString();
	}

}
