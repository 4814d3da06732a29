package io.iodine.file;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import org.jspecify.annotations.Nullable;

/**
 * Looks up public files by request target. Simultaneous requests share a look-up on the
 * disk, which is cached for a second.
 */
final class FileCatalog {

	private static final String HTML = ".html";

	private final @Nullable FileLocator locator;

	private final DiskThreads disk;

	private final ContentCache memory;

	private final RepresentationFactory representations;

	private final SinglePage singlePage;

	private final boolean htmlSuffix;

	private final String mount;

	private final List<String> prefix;

	private final LookupCache table = new LookupCache(this::forget);

	private final Map<String, CompletableFuture<Lookup>> running = new ConcurrentHashMap<>();

	FileCatalog(FileSettings settings, @Nullable FileLocator locator, DiskThreads disk, ContentCache memory,
			RepresentationFactory representations) {
		this.locator = locator;
		this.disk = disk;
		this.memory = memory;
		this.representations = representations;
		this.singlePage = new SinglePage(settings.singlePage());
		this.htmlSuffix = settings.htmlSuffix();
		this.mount = settings.path().replaceFirst("/(\\*\\*)?$", "");
		this.prefix = RequestPath.ofDecoded(this.mount).segments();
	}

	/** What this target is believed to be; null: not looked up within a second. */
	@Nullable Lookup known(String target) {
		return this.table.fresh(path(target));
	}

	/** Whether a request may be for a file; a POST never is, nor is a handshake. */
	static boolean mayConcern(HttpMethod method, HttpHeaders headers) {
		return !method.equals(HttpMethod.POST) && !method.equals(HttpMethod.CONNECT)
				&& !headers.containsValue(HttpHeaderNames.UPGRADE, "websocket", true);
	}

	/** Whether a request may be for a file, as far as can be said without the disk. */
	boolean mayHave(String target, HttpMethod method, HttpHeaders request) {
		String path = path(target);
		if (path.startsWith("/") && !path.startsWith(this.mount)) {
			return false;
		}
		return !(this.table.fresh(path) instanceof Lookup.Absent) || this.singlePage.answers(path, method, request);
	}

	/** Looks what a request is for; a navigation that finds no file may find the page. */
	CompletableFuture<Lookup> find(String target, HttpMethod method, HttpHeaders request) {
		String path = path(target);
		CompletableFuture<Lookup> found = find(path);
		if (!this.singlePage.answers(path, method, request)) {
			return found;
		}
		return found.thenCompose((lookup) -> (lookup instanceof Lookup.Absent) ? find(this.mount + "/") : found);
	}

	/** Looks for a page that lies right below the root. */
	CompletableFuture<Lookup> findPage(String name) {
		return find(this.mount + "/" + name);
	}

	/** Looks again, now, on this thread, at what has turned out to be out of date. */
	Lookup again(Lookup.Found stale) throws Exception {
		this.table.forget(stale.target());
		return look(stale.target());
	}

	@SuppressWarnings("FutureReturnValueIgnored")
	private CompletableFuture<Lookup> find(String path) {
		Lookup known = this.table.fresh(path);
		if (known != null) {
			return CompletableFuture.completedFuture(known);
		}
		CompletableFuture<Lookup> look = new CompletableFuture<>();
		CompletableFuture<Lookup> other = this.running.putIfAbsent(path, look);
		if (other != null) {
			return other;
		}
		this.disk.run(() -> look(path)).whenComplete((lookup, failure) -> {
			this.running.remove(path);
			if (failure != null) {
				look.completeExceptionally(failure);
			}
			else {
				look.complete(lookup);
			}
		});
		return look;
	}

	private Lookup look(String path) throws Exception {
		Lookup last = this.table.last(path);
		Lookup now = StaleFileRetry.untilWhole(() -> lookAt(path, last));
		if (now instanceof Lookup.Found found) {
			found.all().forEach(this.memory::used);
		}
		this.table.learn(path, now);
		return now;
	}

	private Lookup lookAt(String target, @Nullable Lookup last) throws IOException {
		FileLocator files = this.locator;
		if (files == null) {
			return Lookup.ABSENT;
		}
		RequestPath path = RequestPath.ofTarget(target);
		if (path.verdict() == RequestPath.Verdict.BROKEN) {
			return target.startsWith(this.mount) ? Lookup.REFUSED : Lookup.ABSENT;
		}
		RequestPath below = path.below(this.prefix);
		long now = System.currentTimeMillis();
		Optional<Variants> there = Variants.at(files, below);
		if (there.isEmpty() && this.htmlSuffix && !below.directory() && !below.name().endsWith(HTML)) {
			there = Variants.at(files, below.withSuffix(HTML));
		}
		if (there.isEmpty()) {
			return Lookup.ABSENT;
		}
		Variants variants = there.get();
		if (last instanceof Lookup.Found before && before.settled() && before.variants().equals(variants)) {
			return before;
		}
		return this.representations.ofPublic(target, variants, variants.areSettled(now));
	}

	private void forget(Lookup lookup) {
		if (lookup instanceof Lookup.Found found) {
			found.all().forEach(this.memory::forget);
		}
	}

	private static String path(String target) {
		int query = target.indexOf('?');
		return (query < 0) ? target : target.substring(0, query);
	}

}
