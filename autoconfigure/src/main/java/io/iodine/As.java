package io.iodine;

/**
 * The kind in which a direct subscription is written to its client, whatever kind was
 * published.
 *
 * @see Connection#subscribe(String, As)
 */
public enum As {

	/** As text; a message that is not valid UTF-8 is not written, and counted. */
	TEXT,

	/** As binary. */
	BINARY

}
