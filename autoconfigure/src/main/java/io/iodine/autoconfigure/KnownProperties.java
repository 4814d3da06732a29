package io.iodine.autoconfigure;

import java.io.IOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.core.io.UrlResource;

/**
 * The properties below {@code iodine.} that the libraries of an application describe.
 *
 * @param types the types by name
 */
record KnownProperties(Map<ConfigurationPropertyName, String> types) {

	private static final String METADATA = "META-INF/spring-configuration-metadata.json";

	private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("iodine");

	static KnownProperties of(ClassLoader loader) throws IOException {
		Map<ConfigurationPropertyName, String> types = new LinkedHashMap<>();
		for (URL url : Collections.list(loader.getResources(METADATA))) {
			String json = new UrlResource(url).getContentAsString(StandardCharsets.UTF_8);
			// to parse the metadata of all of Boot takes long
			if (json.contains("\"iodine.")) {
				Object properties = JsonParserFactory.getJsonParser().parseMap(json).get("properties");
				if (properties instanceof List<?> list) {
					list.forEach((property) -> add(types, property));
				}
			}
		}
		return new KnownProperties(types);
	}

	private static void add(Map<ConfigurationPropertyName, String> types, Object property) {
		if (property instanceof Map<?, ?> values && values.get("name") instanceof String name) {
			ConfigurationPropertyName known = ConfigurationPropertyName.adapt(name, '.');
			if (ROOT.isAncestorOf(known)) {
				types.put(known, String.valueOf(values.get("type")));
			}
		}
	}

	/** Whether nothing is described at all, as when the metadata was left out. */
	boolean isEmpty() {
		return this.types.isEmpty();
	}

	boolean contains(ConfigurationPropertyName name) {
		ConfigurationPropertyName property = name;
		while (property.isLastElementIndexed() && property.isNumericIndex(property.getNumberOfElements() - 1)) {
			property = property.getParent();
		}
		if (this.types.containsKey(property)) {
			return true;
		}
		for (ConfigurationPropertyName parent = property; ROOT.isAncestorOf(parent); parent = parent.getParent()) {
			if (this.types.getOrDefault(parent, "").startsWith("java.util.Map")) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Whether a variable of the environment is a property, whose name it has without dots
	 * and dashes.
	 */
	boolean containsVariable(String variable) {
		String letters = letters(variable);
		return this.types.entrySet().stream().anyMatch((property) -> {
			String known = letters(property.getKey().toString());
			boolean isGroup = property.getValue().startsWith("java.util.");
			return isGroup ? letters.startsWith(known) : letters.equals(known);
		});
	}

	/**
	 * The switch of that group, or else the property whose name is most like this one.
	 */
	Optional<String> nearest(String name) {
		String enabled = name + ".enabled";
		if (this.types.containsKey(ConfigurationPropertyName.adapt(enabled, '.'))) {
			return Optional.of(enabled);
		}
		String letters = letters(name);
		List<Candidate> candidates = new ArrayList<>();
		for (ConfigurationPropertyName known : this.types.keySet()) {
			candidates.add(new Candidate(known.toString(), distance(letters, letters(known.toString()))));
		}
		return candidates.stream()
			.min(Comparator.comparingInt(Candidate::distance))
			.filter((candidate) -> candidate.distance() <= Math.max(2, letters.length() / 4))
			.map(Candidate::name);
	}

	private static String letters(String name) {
		return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
	}

	/** The number of letters to insert, remove or replace (Levenshtein). */
	private static int distance(String one, String other) {
		int[] row = new int[other.length() + 1];
		for (int j = 0; j < row.length; j++) {
			row[j] = j;
		}
		for (int i = 1; i <= one.length(); i++) {
			int diagonal = row[0];
			row[0] = i;
			for (int j = 1; j < row.length; j++) {
				int replaced = diagonal + ((one.charAt(i - 1) == other.charAt(j - 1)) ? 0 : 1);
				diagonal = row[j];
				row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
			}
		}
		return row[other.length()];
	}

	private record Candidate(String name, int distance) {
	}

}
