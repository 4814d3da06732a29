package io.iodine.autoconfigure;

/**
 * A value that a property can't have: fails start-up, naming the property and what was
 * expected.
 */
final class InvalidIodinePropertyException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String kind;

	private final String name;

	private final String value;

	private final String expected;

	/**
	 * A mistake in a property.
	 * @param property the name of the property
	 * @param value the value it has
	 * @param expected the values it may have, as in "set it to …"
	 */
	InvalidIodinePropertyException(String property, Object value, String expected) {
		this("property", property, value, expected);
	}

	/**
	 * A mistake in what stands for a property.
	 * @param kind what it is, such as "environment variable"
	 * @param name its name
	 * @param value the value it has
	 * @param expected the values it may have, as in "set it to …"
	 */
	InvalidIodinePropertyException(String kind, String name, Object value, String expected) {
		super(name + " is " + value + ", but must be " + expected);
		this.kind = kind;
		this.name = name;
		this.value = String.valueOf(value);
		this.expected = expected;
	}

	String kind() {
		return this.kind;
	}

	String name() {
		return this.name;
	}

	String value() {
		return this.value;
	}

	String expected() {
		return this.expected;
	}

	/**
	 * Refuses a value.
	 * @param valid whether the value is one that the property may have
	 * @param property the name of the property
	 * @param value the value it has
	 * @param expected the values it may have, as in "set it to …"
	 * @throws InvalidIodinePropertyException when the value is not valid
	 */
	static void unless(boolean valid, String property, Object value, String expected) {
		if (!valid) {
			throw new InvalidIodinePropertyException(property, value, expected);
		}
	}

}
