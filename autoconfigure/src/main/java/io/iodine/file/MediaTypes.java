package io.iodine.file;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** The media type of a file by its name, for browsers that are told not to sniff. */
final class MediaTypes {

	private static final String UNKNOWN = "application/octet-stream";

	private static final Map<String, String> KNOWN = new HashMap<>();

	static {
		text("text/html", "html", "htm");
		text("text/css", "css");
		text("text/javascript", "js", "mjs", "cjs");
		text("text/plain", "txt", "text", "log", "conf", "ini");
		text("text/csv", "csv");
		text("text/markdown", "md", "markdown");
		text("text/calendar", "ics");
		text("text/vcard", "vcf");
		text("text/vtt", "vtt");
		text("text/xml", "xml", "xsl", "xsd");
		text("text/x-component", "htc");
		add("application/json", "json", "map", "topojson");
		add("application/ld+json", "jsonld");
		add("application/geo+json", "geojson");
		add("application/manifest+json", "webmanifest");
		add("application/yaml", "yaml", "yml");
		add("application/toml", "toml");
		add("application/xhtml+xml", "xhtml");
		add("application/atom+xml", "atom");
		add("application/rss+xml", "rss");
		add("application/wasm", "wasm");
		add("application/pdf", "pdf");
		add("application/rtf", "rtf");
		add("application/postscript", "ps", "eps", "ai");
		add("application/epub+zip", "epub");
		add("application/zip", "zip");
		add("application/gzip", "gz", "tgz");
		add("application/zstd", "zst");
		add("application/x-bzip2", "bz2");
		add("application/x-xz", "xz");
		add("application/x-tar", "tar");
		add("application/x-7z-compressed", "7z");
		add("application/vnd.rar", "rar");
		add("application/java-archive", "jar", "war", "ear");
		add("application/vnd.android.package-archive", "apk");
		add("application/vnd.ms-fontobject", "eot");
		add("application/vnd.apple.mpegurl", "m3u8");
		add("application/dash+xml", "mpd");
		add("application/msword", "doc");
		add("application/vnd.ms-excel", "xls");
		add("application/vnd.ms-powerpoint", "ppt");
		add("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx");
		add("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx");
		add("application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx");
		add("application/vnd.oasis.opendocument.text", "odt");
		add("application/vnd.oasis.opendocument.spreadsheet", "ods");
		add("application/vnd.oasis.opendocument.presentation", "odp");
		add("application/vnd.sqlite3", "sqlite");
		add("application/pgp-signature", "sig", "asc");
		add("font/woff2", "woff2");
		add("font/woff", "woff");
		add("font/ttf", "ttf");
		add("font/otf", "otf");
		add("font/collection", "ttc");
		add("image/svg+xml", "svg", "svgz");
		add("image/png", "png");
		add("image/apng", "apng");
		add("image/jpeg", "jpg", "jpeg", "jfif");
		add("image/gif", "gif");
		add("image/webp", "webp");
		add("image/avif", "avif");
		add("image/heic", "heic");
		add("image/jxl", "jxl");
		add("image/bmp", "bmp");
		add("image/tiff", "tif", "tiff");
		add("image/x-icon", "ico", "cur");
		add("audio/mpeg", "mp3");
		add("audio/mp4", "m4a");
		add("audio/aac", "aac");
		add("audio/ogg", "oga", "ogg", "opus");
		add("audio/wav", "wav");
		add("audio/flac", "flac");
		add("audio/midi", "mid", "midi");
		add("audio/webm", "weba");
		add("video/mp4", "mp4", "m4v");
		add("video/webm", "webm");
		add("video/ogg", "ogv");
		add("video/quicktime", "mov");
		add("video/mp2t", "ts");
		add("video/x-matroska", "mkv");
		add("video/x-msvideo", "avi");
		add("video/3gpp", "3gp");
		add("model/gltf+json", "gltf");
		add("model/gltf-binary", "glb");
		add("model/obj", "obj");
		add("model/stl", "stl");
	}

	private final Map<String, String> additions = new HashMap<>();

	/**
	 * The table, extended.
	 * @param additions media types by file name extension, which win over the table's own
	 */
	MediaTypes(Map<String, String> additions) {
		additions.forEach((extension, type) -> this.additions
			.put(extension.toLowerCase(Locale.ROOT).replaceFirst("^\\.", ""), type));
	}

	String of(String name) {
		String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
		String added = this.additions.get(extension);
		return (added != null) ? added : KNOWN.getOrDefault(extension, UNKNOWN);
	}

	private static void text(String type, String... extensions) {
		add(type + "; charset=utf-8", extensions);
	}

	private static void add(String type, String... extensions) {
		for (String extension : extensions) {
			KNOWN.put(extension, type);
		}
	}

}
