package io.iodine.autoconfigure;

import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * A mapper that also reads comments, trailing commas and other deviations of hand-written
 * JSON.
 */
final class LenientJson {

	private LenientJson() {
	}

	/**
	 * The mapper for messages.
	 * @param mapper that of the application, which stays as it is
	 * @param properties whether messages may take liberties
	 * @return the mapper, or one like it that takes them
	 */
	static JsonMapper of(JsonMapper mapper, JsonProperties properties) {
		return properties.lenient() ? mapper.rebuild()
			.enable(JsonReadFeature.ALLOW_JAVA_COMMENTS, JsonReadFeature.ALLOW_YAML_COMMENTS,
					JsonReadFeature.ALLOW_SINGLE_QUOTES, JsonReadFeature.ALLOW_UNQUOTED_PROPERTY_NAMES,
					JsonReadFeature.ALLOW_TRAILING_COMMA, JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS,
					JsonReadFeature.ALLOW_LEADING_ZEROS_FOR_NUMBERS,
					JsonReadFeature.ALLOW_LEADING_PLUS_SIGN_FOR_NUMBERS,
					JsonReadFeature.ALLOW_LEADING_DECIMAL_POINT_FOR_NUMBERS,
					JsonReadFeature.ALLOW_TRAILING_DECIMAL_POINT_FOR_NUMBERS,
					JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS)
			.build() : mapper;
	}

}
