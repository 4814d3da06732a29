package io.iodine.edge;

/** A connection that is looked after. Belongs to its event loop. */
interface DeadlineChecked {

	/**
	 * Sees whether the client takes too long over something.
	 * @param now the time in nanoseconds
	 */
	void look(long now);

	/**
	 * Says where it is kept now.
	 * @param place the place to give back
	 */
	void place(int place);

}
