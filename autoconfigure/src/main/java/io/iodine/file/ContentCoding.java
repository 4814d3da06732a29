package io.iodine.file;

/** A content coding that a file may have a sibling in (RFC 9110, section 8.4.1). */
enum ContentCoding {

	/** Brotli (RFC 7932). */
	BROTLI("br", ".br"),

	/** Zstandard (RFC 8878). */
	ZSTANDARD("zstd", ".zst"),

	/** gzip (RFC 1952). */
	GZIP("gzip", ".gz");

	private final String token;

	private final String suffix;

	ContentCoding(String token, String suffix) {
		this.token = token;
		this.suffix = suffix;
	}

	String token() {
		return this.token;
	}

	String suffix() {
		return this.suffix;
	}

	static boolean isCoded(String name) {
		for (ContentCoding coding : values()) {
			if (name.endsWith(coding.suffix)) {
				return true;
			}
		}
		return false;
	}

}
