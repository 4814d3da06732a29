package io.iodine.file;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Settings of public files.
 *
 * @param root the directory of the public files; null when there is none
 * @param path the path that it is mapped to, {@code /**}, {@code /some/path/**} or
 * {@code /some/path}
 * @param sendFileRoot the directory below which a response may name a file; null when
 * none may
 * @param followLinks whether symbolic links may lead out of a root
 * @param htmlSuffix whether {@code /about} finds {@code about.html}
 * @param singlePage patterns of the paths where a navigation that finds no file gets the
 * root's {@code index.html}
 * @param headers what is added to each file
 * @param mediaTypes media types by file name extension
 * @param maxAge the {@code max-age} of {@code Cache-Control}
 * @param cacheControl {@code Cache-Control} by path pattern, the first that matches wins
 * @param fingerprint matches the names of files that never change
 * @param cacheSize how many bytes of ready files are kept in memory
 * @param cacheFileSize the largest file to be kept in memory, in bytes
 * @param stallTimeout how long a download may stand still before it is cut
 * @param threads how many threads touch the disk
 * @param maxPending how many look-ups may wait for them; over it the answer is 503
 */
public record FileSettings(@Nullable FileRoot root, String path, @Nullable FileRoot sendFileRoot, boolean followLinks,
		boolean htmlSuffix, List<String> singlePage, Map<String, String> headers, Map<String, String> mediaTypes,
		Duration maxAge, Map<String, String> cacheControl, Pattern fingerprint, long cacheSize, int cacheFileSize,
		Duration stallTimeout, int threads, int maxPending) {
}
