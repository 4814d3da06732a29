package io.iodine.file;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Request targets and ranges, which must stay inside. */
public final class PathFuzz {

	private static final Path ROOT = Path.of("/srv/public");

	private static final long LENGTH = 1000;

	private PathFuzz() {
	}

	/**
	 * Reads a target and a range.
	 * @param data either
	 */
	public static void fuzzerTestOneInput(byte[] data) {
		String text = new String(data, StandardCharsets.ISO_8859_1);
		readPath(RequestPath.ofTarget(text));
		readPath(RequestPath.ofDecoded(text));
		readRange("bytes=" + text);
	}

	private static void readPath(RequestPath path) {
		if (path.verdict() != RequestPath.Verdict.PATH) {
			require(path.segments().isEmpty(), "what is no path has segments");
			return;
		}
		for (String name : path.segments()) {
			require(!name.isEmpty() && !name.equals(".") && !name.equals("..") && name.indexOf('/') < 0
					&& name.indexOf('\0') < 0, "'" + name + "' is no name");
		}
		Path file = ROOT.resolve(String.join("/", path.segments())).normalize();
		require(file.startsWith(ROOT), file + " is outside");
		require(file.getNameCount() == ROOT.getNameCount() + path.segments().size(), file + " has other names");
		require(RequestPath.ofDecoded(path.toString()).equals(path), path + " is read otherwise the second time");
	}

	private static void readRange(String header) {
		Optional<List<ByteRange>> ranges = ByteRange.parse(header, LENGTH);
		require(ByteRange.parse(header, 0).orElse(List.of()).isEmpty(), "there is a range of nothing");
		long sum = 0;
		for (ByteRange range : ranges.orElse(List.of())) {
			require(range.first() >= 0 && range.first() <= range.last() && range.last() < LENGTH,
					range + " is outside");
			sum += range.length();
		}
		require(sum <= LENGTH, "ranges ask for " + sum + " of " + LENGTH + " bytes");
	}

	private static void require(boolean condition, String otherwise) {
		if (!condition) {
			throw new AssertionError(otherwise);
		}
	}

}
