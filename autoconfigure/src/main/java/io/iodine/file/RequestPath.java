package io.iodine.file;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

import org.springframework.http.server.PathContainer;

/**
 * The path of a request target, decoded once and free of dot segments. What can't name a
 * file is told apart from what is broken: the first goes on to the application, the
 * second is refused.
 *
 * @param verdict what the target is
 * @param segments the decoded names, none of them empty, {@code .} or {@code ..}
 * @param directory whether the path ends with a slash
 */
record RequestPath(Verdict verdict, List<String> segments, boolean directory) {

	private static final String WELL_KNOWN = ".well-known";

	private static final String INDEX = "index.html";

	private static final PathContainer.Options DECODED = PathContainer.Options.create('/', false);

	private static final int LONGEST_NAME = 255;

	private static final RequestPath NO_FILE = new RequestPath(Verdict.NO_FILE, List.of(), false);

	private static final RequestPath BROKEN = new RequestPath(Verdict.BROKEN, List.of(), false);

	/** What a request target is. */
	enum Verdict {

		/** A path that may name a file. */
		PATH,

		/** A target that names no file of ours, whatever is on the disk. */
		NO_FILE,

		/** A target to reject: RFC 3986 forbids it, or it climbs out. */
		BROKEN

	}

	/**
	 * Reads the target of a request line: origin-form, or the path of an absolute-form
	 * (RFC 9112, section 3.2).
	 */
	static RequestPath ofTarget(String target) {
		String raw = pathOf(target);
		if (!raw.startsWith("/")) {
			return NO_FILE;
		}
		byte[] decoded = new byte[raw.length()];
		int length = 0;
		boolean separatorInName = false;
		for (int i = 0; i < raw.length(); i++) {
			int value = raw.charAt(i);
			if (value == '%') {
				value = escaped(raw, i);
				separatorInName |= value == '/';
				i += 2;
			}
			if (value < ' ' || value == 0x7F || value > 0xFF) {
				return BROKEN;
			}
			separatorInName |= value == '\\';
			decoded[length++] = (byte) value;
		}
		try {
			String path = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(decoded, 0, length)).toString();
			return separatorInName ? NO_FILE : ofDecoded(path);
		}
		catch (CharacterCodingException ex) {
			return BROKEN;
		}
	}

	/** Reads a path that is not encoded, with or without a leading slash. */
	static RequestPath ofDecoded(String path) {
		if (path.indexOf('\0') >= 0) {
			return BROKEN;
		}
		String[] names = path.substring(path.startsWith("/") ? 1 : 0).split("/", -1);
		Deque<String> segments = new ArrayDeque<>();
		boolean nameless = false;
		for (int i = 0; i < names.length; i++) {
			String name = names[i];
			if (name.equals("..")) {
				if (segments.pollLast() == null) {
					return BROKEN;
				}
			}
			else if (name.isEmpty()) {
				nameless |= i < names.length - 1;
			}
			else if (!name.equals(".")) {
				segments.addLast(name);
			}
		}
		String last = names[names.length - 1];
		boolean directory = last.isEmpty() || last.equals(".") || last.equals("..");
		RequestPath result = new RequestPath(Verdict.PATH, List.copyOf(segments), directory);
		return nameless || result.isHidden() ? NO_FILE : result;
	}

	/** The names of a path of a file system, whatever parts them there. */
	static RequestPath ofNames(Path path) {
		if (path.getRoot() != null) {
			return NO_FILE;
		}
		return ofDecoded(
				StreamSupport.stream(path.spliterator(), false).map(Path::toString).collect(Collectors.joining("/")));
	}

	/** Whether it may name a file. */
	boolean isFile() {
		return this.verdict == Verdict.PATH;
	}

	/** The path after this many leading names, or nothing to serve. */
	RequestPath below(List<String> prefix) {
		if (this.verdict != Verdict.PATH || prefix.isEmpty()) {
			return this;
		}
		int count = prefix.size();
		boolean inside = this.segments.size() >= count && this.segments.subList(0, count).equals(prefix)
				&& (this.segments.size() > count || this.directory);
		return inside
				? new RequestPath(Verdict.PATH, this.segments.subList(count, this.segments.size()), this.directory)
				: NO_FILE;
	}

	/** The path of the file: of a directory, that of its {@code index.html}. */
	RequestPath file() {
		if (!this.directory) {
			return this;
		}
		List<String> names = new ArrayList<>(this.segments);
		names.add(INDEX);
		return new RequestPath(this.verdict, List.copyOf(names), false);
	}

	/** The last name; empty: there is none. */
	String name() {
		return this.segments.isEmpty() ? "" : this.segments.get(this.segments.size() - 1);
	}

	/** The path of the file whose name ends like this. */
	RequestPath withSuffix(String suffix) {
		if (this.segments.isEmpty()) {
			return this;
		}
		List<String> names = new ArrayList<>(this.segments);
		names.set(names.size() - 1, names.get(names.size() - 1) + suffix);
		return new RequestPath(this.verdict, List.copyOf(names), this.directory);
	}

	/** This path, to be matched with patterns. */
	PathContainer container() {
		return PathContainer.parsePath(toString(), DECODED);
	}

	private boolean isHidden() {
		for (int i = 0; i < this.segments.size(); i++) {
			String name = this.segments.get(i);
			boolean wellKnown = i == 0 && name.equals(WELL_KNOWN);
			if ((name.startsWith(".") && !wellKnown) || name.length() > LONGEST_NAME) {
				return true;
			}
		}
		return false;
	}

	private static String pathOf(String target) {
		String path = target;
		int end = firstOf(path, '?', '#');
		path = (end < 0) ? path : path.substring(0, end);
		if (path.startsWith("/")) {
			return path;
		}
		int scheme = path.indexOf("://");
		String name = path.substring(0, Math.max(scheme, 0));
		if (!name.equalsIgnoreCase("http") && !name.equalsIgnoreCase("https")) {
			return "";
		}
		int slash = path.indexOf('/', scheme + 3);
		return (slash < 0) ? "/" : path.substring(slash);
	}

	private static int firstOf(String text, char one, char other) {
		int first = text.indexOf(one);
		int second = text.indexOf(other);
		return (first < 0) ? second : (second < 0) ? first : Math.min(first, second);
	}

	private static int escaped(String raw, int at) {
		if (at + 2 >= raw.length()) {
			return -1;
		}
		int high = Character.digit(raw.charAt(at + 1), 16);
		int low = Character.digit(raw.charAt(at + 2), 16);
		return (high < 0 || low < 0) ? -1 : high * 16 + low;
	}

	@Override
	public String toString() {
		return "/" + String.join("/", this.segments) + ((this.directory && !this.segments.isEmpty()) ? "/" : "");
	}

}
