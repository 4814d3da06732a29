package io.iodine.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.util.unit.DataSize;

/**
 * The ranges that values of properties are checked against.
 */
final class PropertyCheck {

	private PropertyCheck() {
	}

	static void zeroOrMore(String property, Duration value) {
		InvalidIodinePropertyException.unless(!value.isNegative(), property, value, "a time of 0 or more, such as 40s");
	}

	static void upToADay(String property, Duration value) {
		InvalidIodinePropertyException.unless(!value.isNegative() && value.compareTo(Duration.ofDays(1)) <= 0, property,
				value, "a time from 0 to 1d, such as 4s");
	}

	static void upToADayAboveZero(String property, Duration value) {
		InvalidIodinePropertyException.unless(
				value.compareTo(Duration.ofMillis(1)) >= 0 && value.compareTo(Duration.ofDays(1)) <= 0, property, value,
				"a time from 1ms to 1d, such as 4s");
	}

	static void aboveZero(String property, Duration value) {
		InvalidIodinePropertyException.unless(value.compareTo(Duration.ZERO) > 0, property, value,
				"a time above 0, such as 30s");
	}

	static void aboveZero(String property, @Nullable DataSize value) {
		InvalidIodinePropertyException.unless(value == null || value.toBytes() > 0, property, String.valueOf(value),
				"a size above 0, such as 256MB");
	}

	static void zeroOrMore(String property, int value) {
		InvalidIodinePropertyException.unless(value >= 0, property, value, "a number of 0 or more");
	}

	static void positive(String property, long value) {
		InvalidIodinePropertyException.unless(value >= 1 && value <= Integer.MAX_VALUE, property, value,
				"a number from 1 to " + Integer.MAX_VALUE);
	}

}
