package io.iodine.autoconfigure;

/** An argument that looks like a flag but is none. */
final class UnknownFlagException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String flag;

	/**
	 * A mistake on the command line.
	 * @param flag the argument
	 */
	UnknownFlagException(String flag) {
		super(flag + " is no flag of iodine");
		this.flag = flag;
	}

	String flag() {
		return this.flag;
	}

}
