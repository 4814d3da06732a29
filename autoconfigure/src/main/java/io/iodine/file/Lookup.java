package io.iodine.file;

import java.util.List;
import java.util.stream.Stream;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/** Result of a look-up of a request target. */
sealed interface Lookup {

	Lookup ABSENT = new Absent();

	Lookup REFUSED = new Refused();

	/**
	 * A file.
	 *
	 * @param target what was asked for
	 * @param variants what lay there
	 * @param plain the file itself; null when only siblings lie there
	 * @param coded its siblings
	 * @param settled whether every later change shows in a file's times
	 */
	record Found(String target, Variants variants, @Nullable Representation plain, List<Representation> coded,
			boolean settled) implements Lookup {

		List<Representation> all() {
			return Stream.concat(Stream.ofNullable(this.plain), this.coded.stream()).toList();
		}

		/**
		 * The representation that the client likes best, and of equals the smallest;
		 * null: only siblings lie there, none of which the client takes.
		 */
		@Nullable Representation preferredBy(HttpHeaders request) {
			if (this.coded.isEmpty()) {
				return this.plain;
			}
			AcceptEncoding accept = AcceptEncoding.of(request.get(HttpHeaderNames.ACCEPT_ENCODING));
			Representation best = this.plain;
			double bestWeight = (best != null) ? accept.weight(null) : 0;
			for (Representation candidate : this.coded) {
				double weight = accept.weight(candidate.coding());
				boolean tie = weight == bestWeight && best != null && candidate.file().size() < best.file().size();
				if (weight > 0 && (weight > bestWeight || tie)) {
					best = candidate;
					bestWeight = weight;
				}
			}
			return best;
		}

	}

	/** Nothing of ours: the application answers. */
	record Absent() implements Lookup {
	}

	/** A malformed target: 400. */
	record Refused() implements Lookup {
	}

}
