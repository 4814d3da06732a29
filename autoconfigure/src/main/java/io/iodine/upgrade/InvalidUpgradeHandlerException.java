package io.iodine.upgrade;

/**
 * An {@code @UpgradeHandler} bean that can't serve: the application's mistake, which
 * fails start-up.
 */
public final class InvalidUpgradeHandlerException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String beanName;

	private final String action;

	/**
	 * A mistake, and its remedy.
	 * @param beanName the name of the bean
	 * @param message what is wrong, a sentence
	 * @param action what to do about it, a sentence
	 */
	public InvalidUpgradeHandlerException(String beanName, String message, String action) {
		super(message);
		this.beanName = beanName;
		this.action = action;
	}

	/**
	 * The bean that can't serve.
	 * @return its name
	 */
	public String beanName() {
		return this.beanName;
	}

	/**
	 * The remedy.
	 * @return a sentence
	 */
	public String action() {
		return this.action;
	}

}
