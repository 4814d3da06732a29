package io.iodine.upgrade;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/** Parses the query of a request. */
final class QueryParams {

	private QueryParams() {
	}

	/** The values by name, decoded; what can't be decoded stays as it came. */
	static Map<String, List<String>> parse(@Nullable String rawQuery) {
		Map<String, List<String>> params = new LinkedHashMap<>();
		if (rawQuery == null || rawQuery.isEmpty()) {
			return params;
		}
		for (String pair : StringUtils.tokenizeToStringArray(rawQuery, "&")) {
			int equals = pair.indexOf('=');
			String name = decode((equals < 0) ? pair : pair.substring(0, equals));
			String value = (equals < 0) ? "" : decode(pair.substring(equals + 1));
			params.computeIfAbsent(name, (key) -> new ArrayList<>(1)).add(value);
		}
		return params;
	}

	private static String decode(String s) {
		try {
			return URLDecoder.decode(s, StandardCharsets.UTF_8);
		}
		catch (IllegalArgumentException ex) {
			return s;
		}
	}

}
