package io.iodine.autoconfigure;

import java.util.Arrays;
import java.util.Optional;

/** Every flag of the command line: its property, its kind and its default. */
enum CommandLineFlag {

	ADDRESS("-b", "server.address", Kind.TEXT, "", "all", "address of the web server"),

	PORT("-p", "server.port", Kind.NUMBER, "", "8080", "port of the web server"),

	THREADS("-t", "iodine.threads", Kind.NUMBER, "", "0", "threads that run callbacks"),

	WORKERS("-w", "iodine.workers", Kind.NUMBER, "", "0", "event loops"),

	PUBLIC("-www", "iodine.static.root", Kind.TEXT, "", "none", "folder of public files"),

	LOG("-v", "iodine.access-log.enabled", Kind.SWITCH, "", "off", "access log"),

	KEEP_ALIVE("-k", "iodine.timeout", Kind.NUMBER, "s", "75", "idle time of a kept-alive HTTP connection, in seconds"),

	MAX_BODY("-maxbd", "iodine.http.max-body-size", Kind.NUMBER, "MB", "50", "largest request body, in MB"),

	MAX_HEADER("-maxhd", "iodine.http.max-header-size", Kind.NUMBER, "KB", "32", "size of all header lines, in KB"),

	MAX_MESSAGE("-maxms", "iodine.max-message-size", Kind.NUMBER, "KB", "256", "largest message of a client, in KB"),

	PING("-ping", "iodine.ping-interval", Kind.NUMBER, "s", "40", "idle time until a connection is pinged, in seconds"),

	TLS("-tls", "iodine.tls.enabled", Kind.SWITCH, "", "off", "TLS, with a self-signed certificate if none is given"),

	CERTIFICATE("-tls-cert", "iodine.tls.certificate", Kind.TEXT, "", "none", "PEM file of the certificate chain"),

	PRIVATE_KEY("-tls-key", "iodine.tls.private-key", Kind.TEXT, "", "none", "PEM file of the private key"),

	PASSWORD("-tls-pass", "iodine.tls.private-key-password", Kind.TEXT, "", "none", "password of the private key"),

	REDIS("-r", "iodine.redis.url", Kind.TEXT, "", "none", "URL of Redis"),

	REDIS_PING("-rp", "iodine.pubsub.redis.ping-interval", Kind.NUMBER, "s", "5",
			"how often Redis is pinged, in seconds"),

	VERBOSITY("-V", "logging.level.root", Kind.LEVEL, "", "4",
			"log level: 0 is off, 1 and 2 error, 3 warn, 4 info, 5 debug"),

	PID_FILE("-pid", "iodine.pid-file", Kind.TEXT, "", "none",
			"file of the process id; a folder with a slash at its end"),

	WARM_UP("-warmup", "spring.main.lazy-initialization", Kind.INVERSE_SWITCH, "", "false",
			"creates all beans at the start, although lazy initialization is configured"),

	CONFIGURATION("-C", "spring.config.additional-location", Kind.TEXT, "", "none",
			"configuration file to read as well");

	private final String flag;

	private final String property;

	private final Kind kind;

	private final String unit;

	private final String defaultValue;

	private final String description;

	CommandLineFlag(String flag, String property, Kind kind, String unit, String defaultValue, String description) {
		this.flag = flag;
		this.property = property;
		this.kind = kind;
		this.unit = unit;
		this.defaultValue = defaultValue;
		this.description = description;
	}

	static Optional<CommandLineFlag> of(String flag) {
		return Arrays.stream(values()).filter((known) -> known.flag.equals(flag)).findAny();
	}

	String flag() {
		return this.flag;
	}

	String property() {
		return this.property;
	}

	boolean isSwitch() {
		return this.kind == Kind.SWITCH || this.kind == Kind.INVERSE_SWITCH;
	}

	/**
	 * The property's value that an argument stands for.
	 * @throws InvalidIodinePropertyException if it stands for none
	 */
	String propertyValue(String argument) {
		boolean isValid = switch (this.kind) {
			case NUMBER -> argument.matches("-?[0-9]{1,9}");
			case LEVEL -> argument.matches("[0-5]");
			case SWITCH, INVERSE_SWITCH -> argument.equals("true") || argument.equals("false");
			case TEXT -> !argument.isBlank() && !argument.startsWith("-");
		};
		if (!isValid) {
			throw new InvalidIodinePropertyException("argument", this.flag, argument.isBlank() ? "empty" : argument,
					this.kind.expected + ", or set the property " + this.property + " instead");
		}
		return switch (this.kind) {
			case LEVEL -> level(argument);
			case INVERSE_SWITCH -> String.valueOf(!Boolean.parseBoolean(argument));
			default -> argument + this.unit;
		};
	}

	private static String level(String number) {
		return switch (number) {
			case "0" -> "off";
			case "1", "2" -> "error";
			case "3" -> "warn";
			case "4" -> "info";
			default -> "debug";
		};
	}

	/** The lines that explain all flags. */
	static String help() {
		StringBuilder help = new StringBuilder("Flags, each of which stands for a property:\n\n");
		for (CommandLineFlag flag : values()) {
			String name = flag.flag + (flag.isSwitch() ? "" : " <" + flag.kind.placeholder + ">");
			help.append("  ").append(name).append(" ".repeat(Math.max(1, 20 - name.length())));
			help.append(flag.description).append(" (").append(flag.property).append(", default ");
			help.append(flag.defaultValue).append(")\n");
		}
		return help.append("  -h, -?              this list\n\nProperties: --name=value\n").toString();
	}

	private enum Kind {

		TEXT("a value, such as ./public", "text"),

		NUMBER("a whole number", "number"),

		LEVEL("a number from 0 to 5", "0-5"),

		SWITCH("alone, true or false", ""),

		/** True stands for false. */
		INVERSE_SWITCH("alone, true or false", "");

		private final String expected;

		private final String placeholder;

		Kind(String expected, String placeholder) {
			this.expected = expected;
			this.placeholder = placeholder;
		}

	}

}
