package io.iodine.bench;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * Draws the samples of a soak as SVG: four curves, each from zero to its greatest value.
 */
final class Picture {

	private static final int WIDTH = 640;

	private static final int HEIGHT = 90;

	private Picture() {
	}

	static String of(List<Soak.Sample> samples) {
		return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + (WIDTH + 20) + " " + 4 * (HEIGHT + 30)
				+ "\" font-family=\"sans-serif\" font-size=\"12\">\n"
				+ curve(0, "heap after a collection, MB", samples, Soak.Sample::heap)
				+ curve(1, "resident memory, MB", samples, Soak.Sample::resident)
				+ curve(2, "file descriptors", samples, Soak.Sample::descriptors)
				+ curve(3, "threads", samples, Soak.Sample::threads) + "</svg>\n";
	}

	private static String curve(int row, String name, List<Soak.Sample> samples, ToDoubleFunction<Soak.Sample> value) {
		double greatest = Math.max(1, samples.stream().mapToDouble(value).max().orElse(1));
		double last = value.applyAsDouble(samples.get(samples.size() - 1));
		double time = Math.max(1, samples.get(samples.size() - 1).seconds());
		int bottom = row * (HEIGHT + 30) + 20 + HEIGHT;
		String points = samples.stream()
			.map((each) -> format("%.1f,%.1f", 10 + WIDTH * each.seconds() / time,
					bottom - HEIGHT * value.applyAsDouble(each) / greatest))
			.collect(Collectors.joining(" "));
		return format("<text x=\"10\" y=\"%d\">%s: at most %.1f, at the end %.1f, after %.0f s</text>%n",
				bottom - HEIGHT - 6, name, greatest, last, time)
				+ format("<path d=\"M10 %d h%d\" stroke=\"#999\"/>%n", bottom, WIDTH)
				+ "<polyline fill=\"none\" stroke=\"#06c\" stroke-width=\"1.5\" points=\"" + points + "\"/>\n";
	}

	private static String format(String pattern, Object... values) {
		return String.format(Locale.ROOT, pattern, values);
	}

}
