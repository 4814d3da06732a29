package io.iodine.autoconfigure;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Files that are served ahead of the application: public, since no filter, no Spring
 * Security and no CORS rule ever sees a request for one.
 *
 * @param root Directory of the files, such as ./public, ~/www or classpath:/static/. By
 * default no public files are served.
 * @param path Path that the root is mapped to, /** or /some/path/**.
 * @param sendFileRoot Directory below which a response may name a file in X-Sendfile or
 * X-Accel-Redirect. By default these headers have no effect.
 * @param followSymlinks Whether symbolic links may lead out of a root.
 * @param htmlSuffix Whether a request for /about is served from about.html.
 * @param singlePage Comma-separated list of path patterns, such as /app/**, where a
 * navigation that finds no file gets the root's index.html instead of the application's
 * response.
 * @param headers Headers that are added to each file.
 * @param mediaTypes Media types by file name extension, which take precedence over the
 * known ones.
 * @param maxAge Time for which caches may keep a file without asking again.
 * @param cacheControl Cache-Control by path pattern, which takes precedence over max-age
 * and fingerprint. The first pattern that matches applies.
 * @param fingerprint Regular expression of the names of files that never change, which
 * caches may keep for a year.
 * @param cacheSize Maximum size of all files that are cached in memory.
 * @param cacheFileSize Maximum size of a file that is cached in memory.
 * @param stallTimeout Time without progress after which a download is cut off.
 * @param threads Number of threads that read from the disk. 0 means two for each core, at
 * least 4.
 * @param maxPending Maximum number of look-ups that wait for these threads. Over it the
 * response is 503.
 * @param errorPages Whether a page of the root, such as 404.html, replaces the
 * application's response to an error of that status, for clients that accept HTML.
 */
record StaticProperties(@Nullable String root, @DefaultValue("/**") String path, @Nullable String sendFileRoot,
		@DefaultValue("false") boolean followSymlinks, @DefaultValue("false") boolean htmlSuffix,
		@DefaultValue List<String> singlePage, @DefaultValue Map<String, String> headers,
		@DefaultValue Map<String, String> mediaTypes, @DefaultValue("1h") Duration maxAge,
		@DefaultValue Map<String, String> cacheControl,
		@DefaultValue(".*[.-](?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{8,64}\\.[\\w.]+") Pattern fingerprint,
		@DefaultValue("32MB") DataSize cacheSize, @DefaultValue("256KB") DataSize cacheFileSize,
		@DefaultValue("60s") Duration stallTimeout, @DefaultValue("0") int threads,
		@DefaultValue("1024") int maxPending, @DefaultValue("true") boolean errorPages) {

	StaticProperties {
		PropertyCheck.zeroOrMore("iodine.static.max-age", maxAge);
		InvalidIodinePropertyException.unless(path.matches("(/[^/*{?%\\\\]+)*/?(\\*\\*)?"), "iodine.static.path", path,
				"/** or a path that ends with it, such as /assets/**");
		InvalidIodinePropertyException.unless(!cacheSize.isNegative(), "iodine.static.cache-size", cacheSize,
				"a size of 0 or more, such as 32MB");
		InvalidIodinePropertyException.unless(
				!cacheFileSize.isNegative() && cacheFileSize.toBytes() <= Integer.MAX_VALUE,
				"iodine.static.cache-file-size", cacheFileSize, "a size from 0 to 2047MB, such as 256KB");
		InvalidIodinePropertyException.unless(stallTimeout.compareTo(Duration.ZERO) > 0, "iodine.static.stall-timeout",
				stallTimeout, "a time above 0, such as 60s");
		InvalidIodinePropertyException.unless(threads >= 0 && threads <= Concurrency.MAX_THREADS,
				"iodine.static.threads", threads, "a number from 0 to " + Concurrency.MAX_THREADS);
		PropertyCheck.positive("iodine.static.max-pending", maxPending);
		singlePage = List.copyOf(singlePage);
		headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
		mediaTypes = Map.copyOf(mediaTypes);
		cacheControl = Collections.unmodifiableMap(new LinkedHashMap<>(cacheControl));
	}

	int diskThreads() {
		return (this.threads > 0) ? this.threads : Math.max(4, 2 * Runtime.getRuntime().availableProcessors());
	}

}
