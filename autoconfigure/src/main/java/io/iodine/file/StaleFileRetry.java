package io.iodine.file;

import java.nio.file.NoSuchFileException;
import java.util.concurrent.Callable;

/**
 * Tries again what has failed because a file was replaced just then: a moment later the
 * name stands for a version that stays long enough.
 */
final class StaleFileRetry {

	private static final int MOST = 100;

	private StaleFileRetry() {
	}

	static <T> T untilWhole(Callable<T> work) throws Exception {
		for (int attempt = 1;; attempt++) {
			try {
				return work.call();
			}
			catch (StaleFileException | NoSuchFileException ex) {
				if (attempt == MOST) {
					throw ex;
				}
			}
		}
	}

}
