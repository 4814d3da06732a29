package io.iodine.file;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/** Makes of files what can be sent, with the header fields that never change. */
final class RepresentationFactory {

	private static final AsciiString CONTENT_TYPE_OPTIONS = AsciiString.cached("x-content-type-options");

	private static final AsciiString NOSNIFF = AsciiString.cached("nosniff");

	private final MediaTypes mediaTypes;

	private final CachePolicy cachePolicy;

	private final Map<String, String> headers;

	RepresentationFactory(FileSettings settings) {
		this.mediaTypes = new MediaTypes(settings.mediaTypes());
		this.cachePolicy = new CachePolicy(settings.maxAge(), settings.cacheControl(), settings.fingerprint());
		this.headers = settings.headers();
	}

	/**
	 * A public file.
	 * @param target the path that was asked for
	 * @param variants what was found for it
	 * @param settled whether every change since shows in the times of a file
	 * @throws StaleFileException if a file is replaced right now
	 */
	Lookup.Found ofPublic(String target, Variants variants, boolean settled) throws IOException {
		HttpHeaders fields = fields(variants, this.cachePolicy.of(variants));
		this.headers.forEach((name, value) -> set(fields, name, value));
		List<Representation> coded = new ArrayList<>();
		for (Map.Entry<ContentCoding, FileResource> sibling : variants.siblings().entrySet()) {
			coded.add(content(sibling.getValue(), sibling.getKey(), fields));
		}
		FileResource file = variants.plain();
		Representation plain = (file != null) ? content(file, null, fields) : null;
		return new Lookup.Found(target, variants, plain, List.copyOf(coded), settled);
	}

	/** A file that the application has named: nothing of it is kept, or read ahead. */
	Lookup.Found ofNamed(String name, Variants variants) {
		HttpHeaders fields = fields(variants, "private, no-cache");
		List<Representation> coded = new ArrayList<>();
		variants.siblings().forEach((coding, sibling) -> coded.add(version(sibling, coding, fields)));
		FileResource file = variants.plain();
		Representation plain = (file != null) ? version(file, null, fields) : null;
		return new Lookup.Found(name, variants, plain, List.copyOf(coded), false);
	}

	private static Representation content(FileResource file, @Nullable ContentCoding coding, HttpHeaders fields)
			throws IOException {
		return new Representation(file, coding, EntityTag.ofContent(file, coding), fields, true);
	}

	private static Representation version(FileResource file, @Nullable ContentCoding coding, HttpHeaders fields) {
		return new Representation(file, coding, EntityTag.ofVersion(file, coding), fields, false);
	}

	private HttpHeaders fields(Variants variants, String cacheControl) {
		HttpHeaders fields = DefaultHttpHeadersFactory.headersFactory()
			.withValidation(false)
			.newHeaders()
			.set(HttpHeaderNames.CONTENT_TYPE, new AsciiString(this.mediaTypes.of(variants.name())))
			.set(HttpHeaderNames.CACHE_CONTROL, new AsciiString(cacheControl))
			.set(HttpHeaderNames.ACCEPT_RANGES, HttpHeaderValues.BYTES)
			.set(CONTENT_TYPE_OPTIONS, NOSNIFF);
		return variants.siblings().isEmpty() ? fields
				: fields.set(HttpHeaderNames.VARY, HttpHeaderNames.ACCEPT_ENCODING);
	}

	private static void set(HttpHeaders fields, String name, String value) {
		String ours = HttpHeaderNames.VARY.contentEqualsIgnoreCase(name) ? fields.get(name) : null;
		fields.set(name, (ours != null) ? value + ", " + ours : value);
	}

}
