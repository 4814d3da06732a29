package io.iodine.autoconfigure;

import java.lang.annotation.Annotation;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.core.env.Environment;
import org.springframework.util.unit.DataSize;
import org.springframework.util.unit.DataUnit;

/**
 * Creates records of properties of which none is set, which takes a fraction of the time
 * of binding them.
 */
final class DefaultProperties {

	private DefaultProperties() {
	}

	/**
	 * Binds a record, or creates it of its default values if no property is set.
	 * @param environment where properties are set
	 * @param prefix the canonical prefix of the properties
	 * @param type the record
	 */
	static <T> T bind(Environment environment, String prefix, Class<T> type) {
		return isUnset(environment, prefix) ? of(type)
				: Binder.get(environment).bindOrCreate(prefix, Bindable.of(type));
	}

	/**
	 * Whether every property source is known to have neither the prefix nor a property
	 * below it, in any of the spellings that binding accepts.
	 * @param environment where properties are set
	 * @param prefix the canonical prefix
	 * @return false also when a source can't list its properties
	 */
	static boolean isUnset(Environment environment, String prefix) {
		ConfigurationPropertyName name = ConfigurationPropertyName.of(prefix);
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
			if (source.containsDescendantOf(name) != ConfigurationPropertyState.ABSENT
					|| source.getConfigurationProperty(name) != null) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Creates a record that equals the one that binding makes of no property.
	 * @param type the record
	 * @return an instance with the default values of the type's components
	 */
	static <T> T of(Class<T> type) {
		RecordComponent[] components = type.getRecordComponents();
		Class<?>[] types = new Class<?>[components.length];
		for (int i = 0; i < types.length; i++) {
			types[i] = components[i].getType();
		}
		try {
			Constructor<T> constructor = type.getDeclaredConstructor(types);
			constructor.setAccessible(true);
			Annotation[][] annotations = constructor.getParameterAnnotations();
			@Nullable Object[] values = new @Nullable Object[types.length];
			for (int i = 0; i < types.length; i++) {
				values[i] = value(types[i], annotations[i]);
			}
			return constructor.newInstance(values);
		}
		catch (InvocationTargetException ex) {
			throw new IllegalStateException("The default values of " + type.getName() + " are invalid", ex.getCause());
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException(type.getName() + " can't be created", ex);
		}
	}

	private static @Nullable Object value(Class<?> type, Annotation[] annotations) {
		for (Annotation annotation : annotations) {
			if (annotation instanceof DefaultValue configured) {
				String[] texts = configured.value();
				if (texts.length == 0) {
					return empty(type);
				}
				return (type == List.class) ? List.of(texts) : converted(type, texts[0]);
			}
		}
		return null;
	}

	private static Object empty(Class<?> type) {
		if (type == Map.class) {
			return Map.of();
		}
		return (type == List.class) ? List.of() : of(type);
	}

	private static Object converted(Class<?> type, String text) {
		if (type == String.class) {
			return text;
		}
		if (type == boolean.class) {
			return Boolean.valueOf(text);
		}
		if (type == int.class) {
			return Integer.valueOf(text);
		}
		if (type == Duration.class) {
			return duration(text);
		}
		if (type == DataSize.class) {
			int digits = digits(text);
			return DataSize.of(Long.parseLong(text.substring(0, digits)), DataUnit.fromSuffix(text.substring(digits)));
		}
		if (type == Path.class) {
			return Path.of(text);
		}
		if (type == Pattern.class) {
			return Pattern.compile(text);
		}
		for (Object constant : constants(type)) {
			if (((Enum<?>) constant).name().replace('_', '-').equalsIgnoreCase(text)) {
				return constant;
			}
		}
		throw new IllegalStateException("The default value " + text + " is no " + type.getName());
	}

	/** Without the regular expressions that bind it. */
	private static Duration duration(String text) {
		int digits = digits(text);
		long amount = Long.parseLong(text.substring(0, digits));
		return switch (text.substring(digits)) {
			case "ms" -> Duration.ofMillis(amount);
			case "s" -> Duration.ofSeconds(amount);
			case "m" -> Duration.ofMinutes(amount);
			case "h" -> Duration.ofHours(amount);
			default -> throw new IllegalStateException("The default value " + text + " is no time");
		};
	}

	private static int digits(String text) {
		int digits = 0;
		while (digits < text.length() && Character.isDigit(text.charAt(digits))) {
			digits++;
		}
		return digits;
	}

	private static Object[] constants(Class<?> type) {
		Object[] constants = type.getEnumConstants();
		return (constants != null) ? constants : new Object[0];
	}

}
