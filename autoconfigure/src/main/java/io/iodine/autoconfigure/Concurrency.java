package io.iodine.autoconfigure;

/**
 * Numbers of event loops and callback threads, computed by the rule for 0 and negative
 * values.
 *
 * @param workers the number of event loops
 * @param threads the number of threads that run callbacks
 */
record Concurrency(int workers, int threads) {

	static final int MIN = -1024;

	static final int MAX_WORKERS = 1024;

	static final int MAX_THREADS = 32_767;

	private static final int AUTOMATIC_THREADS_PER_CORE = 10;

	private static final int AUTOMATIC_THREADS_AT_LEAST = 256;

	/**
	 * Applies the rule to what was configured: a positive number is taken as it is, a
	 * negative one is the number of cores divided by its value, at least 1, and 0 is one
	 * worker a core and up to ten threads a core, at least 256.
	 * @param workers {@code iodine.workers}
	 * @param threads {@code iodine.threads}
	 * @param cores the number of processors
	 * @return the numbers
	 */
	static Concurrency of(int workers, int threads, int cores) {
		return new Concurrency(resolve(workers, cores, cores),
				resolve(threads, Math.max(AUTOMATIC_THREADS_AT_LEAST, AUTOMATIC_THREADS_PER_CORE * cores), cores));
	}

	private static int resolve(int configured, int automatic, int cores) {
		if (configured == 0) {
			return automatic;
		}
		return (configured > 0) ? configured : Math.max(1, cores / -configured);
	}

}
