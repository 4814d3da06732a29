package io.iodine.file;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.concurrent.DefaultThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * The files of a server: finds them, keeps the small ones ready, and opens the others.
 * The disk is touched by threads of its own, never by an event loop.
 */
public final class StaticFiles implements AutoCloseable {

	private static final Lookup ABSENT = new Lookup.Absent();

	private static final Lookup REFUSED = new Lookup.Refused();

	private static final int ATTEMPTS = 8;

	private final FileSettings settings;

	private final @Nullable FileLocator publicFiles;

	private final @Nullable FileLocator sendFiles;

	private final String mount;

	private final List<String> prefix;

	private final SinglePage singlePage;

	private final MediaTypes mediaTypes;

	private final CachePolicy cachePolicy;

	private final ContentMemory memory;

	private final LookupTable table = new LookupTable(this::forget);

	private final Map<String, CompletableFuture<Lookup>> running = new ConcurrentHashMap<>();

	private final ThreadPoolExecutor disk;

	/**
	 * Files as the settings say.
	 * @param settings how files are served
	 * @throws IOException if a root is no directory
	 */
	public StaticFiles(FileSettings settings) throws IOException {
		this.settings = settings;
		this.publicFiles = locator(settings.root(), settings.followLinks());
		this.sendFiles = locator(settings.sendFileRoot(), settings.followLinks());
		this.mount = mount(settings.path());
		this.prefix = RequestPath.ofDecoded(this.mount).segments();
		this.singlePage = new SinglePage(settings.singlePage());
		this.mediaTypes = new MediaTypes(settings.mediaTypes());
		this.cachePolicy = new CachePolicy(settings.maxAge(), settings.cacheControl(), settings.fingerprint());
		this.memory = new ContentMemory(settings.cacheSize(), settings.cacheFileSize());
		this.disk = new ThreadPoolExecutor(settings.threads(), settings.threads(), 30, TimeUnit.SECONDS,
				new ArrayBlockingQueue<>(settings.maxPending()), new DefaultThreadFactory("iodine-file", true));
		this.disk.allowCoreThreadTimeOut(true);
	}

	FileSettings settings() {
		return this.settings;
	}

	/** What this target is believed to be; null: nobody has looked within a second. */
	@Nullable Lookup known(String target) {
		return this.table.fresh(path(target));
	}

	/** Whether a request may be for a file, as far as can be said without the disk. */
	boolean mayHave(String target, HttpMethod method, HttpHeaders request) {
		String path = path(target);
		if (path.startsWith("/") && !path.startsWith(this.mount)) {
			return false;
		}
		return !(this.table.fresh(path) instanceof Lookup.Absent) || this.singlePage.answers(path, method, request);
	}

	/**
	 * Looks what a target is. Completes on a thread that touches the disk, or is
	 * complete. Fails with {@link RejectedExecutionException} when too many look-ups
	 * wait.
	 */
	CompletableFuture<Lookup> find(String target, HttpMethod method, HttpHeaders request) {
		String path = path(target);
		Lookup known = this.table.fresh(path);
		CompletableFuture<Lookup> found = (known != null) ? CompletableFuture.completedFuture(known) : look(path);
		if (!this.singlePage.answers(path, method, request)) {
			return found;
		}
		return found.thenCompose((lookup) -> (lookup instanceof Lookup.Absent) ? look(this.mount + "/") : found);
	}

	/** Makes the answer to a request for a public file ready to be sent. */
	CompletableFuture<PreparedAnswer> prepare(Lookup lookup, String target, HttpMethod method, HttpHeaders request) {
		if (!(lookup instanceof Lookup.Found found)) {
			return prepareError(method, HttpResponseStatus.BAD_REQUEST);
		}
		String path = path(target);
		return prepare(found, (file) -> FileAnswer.to(method, request, file.preferredBy(request)), () -> {
			this.table.forget(path);
			return lookNow(path);
		}, method);
	}

	/** Makes the answer with a file that the application named ready to be sent. */
	CompletableFuture<PreparedAnswer> prepareNamed(SendFileName name, HttpMethod method,
			Function<Lookup.Found, FileAnswer> answers) {
		Callable<Lookup> look = () -> named(name);
		return onDisk(look).thenCompose((lookup) -> (lookup instanceof Lookup.Found found)
				? prepare(found, answers, look, method) : prepareError(method, HttpResponseStatus.NOT_FOUND));
	}

	/** Makes an error ready: the root's page for it, or words. */
	CompletableFuture<PreparedAnswer> prepareError(HttpMethod method, HttpResponseStatus status) {
		PreparedAnswer words = PreparedAnswer.of(FileAnswer.error(method, status));
		if (this.publicFiles == null) {
			return CompletableFuture.completedFuture(words);
		}
		String page = this.mount + "/" + status.code() + ".html";
		return look(page).thenCompose((lookup) -> (lookup instanceof Lookup.Found found) ? prepare(found,
				(file) -> FileAnswer.whole(method, status, file.plain())
					.with(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE),
				() -> lookNow(page), method) : CompletableFuture.completedFuture(words));
	}

	private CompletableFuture<PreparedAnswer> prepare(Lookup.Found found, Function<Lookup.Found, FileAnswer> answers,
			Callable<Lookup> again, HttpMethod method) {
		FileAnswer answer = answers.apply(found);
		Representation source = answer.source();
		if (source == null || answer.pieces().isEmpty()) {
			return CompletableFuture.completedFuture(PreparedAnswer.of(answer));
		}
		ByteBuf bytes = source.bytes();
		if (bytes != null) {
			return CompletableFuture.completedFuture(new PreparedAnswer(answer, bytes, null));
		}
		return onDisk(() -> open(found, answers, again, method));
	}

	private PreparedAnswer open(Lookup.Found first, Function<Lookup.Found, FileAnswer> answers, Callable<Lookup> again,
			HttpMethod method) throws Exception {
		Lookup lookup = first;
		for (int attempt = 1; lookup instanceof Lookup.Found found; attempt++) {
			try {
				return open(answers.apply(found));
			}
			catch (StaleFileException | NoSuchFileException ex) {
				if (attempt == ATTEMPTS) {
					throw ex;
				}
				lookup = again.call();
			}
		}
		return PreparedAnswer.of(FileAnswer.error(method, HttpResponseStatus.NOT_FOUND));
	}

	private PreparedAnswer open(FileAnswer answer) throws IOException {
		Representation source = answer.source();
		if (source == null || answer.pieces().isEmpty()) {
			return PreparedAnswer.of(answer);
		}
		if (!source.isPublic() || !this.memory.accepts(source.file())) {
			return new PreparedAnswer(answer, null, OpenFile.open(source.file()));
		}
		ByteBuf bytes = OpenFile.readWhole(source.file());
		this.memory.keep(source, bytes);
		return new PreparedAnswer(answer, bytes, null);
	}

	@SuppressWarnings("FutureReturnValueIgnored")
	private CompletableFuture<Lookup> look(String path) {
		CompletableFuture<Lookup> look = new CompletableFuture<>();
		CompletableFuture<Lookup> other = this.running.putIfAbsent(path, look);
		if (other != null) {
			return other;
		}
		onDisk(() -> lookNow(path)).whenComplete((lookup, failure) -> {
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

	private Lookup lookNow(String path) {
		Lookup last = this.table.last(path);
		Lookup now = lookAt(path);
		Lookup result = (last instanceof Lookup.Found before && now instanceof Lookup.Found after
				&& isUnchanged(before, after)) ? before : now;
		if (result instanceof Lookup.Found found) {
			found.all().forEach(this.memory::used);
		}
		this.table.learn(path, result);
		return result;
	}

	private Lookup lookAt(String target) {
		FileLocator locator = this.publicFiles;
		if (locator == null) {
			return ABSENT;
		}
		RequestPath path = RequestPath.ofTarget(target);
		if (path.verdict() == RequestPath.Verdict.BROKEN) {
			return target.startsWith(this.mount) ? REFUSED : ABSENT;
		}
		RequestPath below = path.below(this.prefix);
		Optional<FileResource> file = locator.locate(below);
		if (file.isEmpty() && this.settings.htmlSuffix() && !below.directory()) {
			file = locator.locate(below, ".html");
			below = below.withSuffix(".html");
		}
		return file.isPresent() ? found(locator, below, file.get(), true) : ABSENT;
	}

	private Lookup named(SendFileName name) {
		FileLocator locator = this.sendFiles;
		Optional<FileResource> file = (locator != null) ? name.locate(locator) : Optional.empty();
		if (locator == null || file.isEmpty()) {
			return ABSENT;
		}
		RequestPath path = RequestPath.ofDecoded(locator.root().relativize(file.get().path()).toString());
		return found(locator, path, file.get(), false);
	}

	private Lookup.Found found(FileLocator locator, RequestPath path, FileResource file, boolean isPublic) {
		Map<ContentCoding, FileResource> siblings = new EnumMap<>(ContentCoding.class);
		if (!ContentCoding.isCoded(file.name())) {
			for (ContentCoding coding : ContentCoding.values()) {
				locator.locate(path, coding.suffix()).ifPresent((sibling) -> siblings.put(coding, sibling));
			}
		}
		HttpHeaders common = fields(path, file, isPublic);
		if (!siblings.isEmpty()) {
			common.set(HttpHeaderNames.VARY, HttpHeaderNames.ACCEPT_ENCODING);
		}
		long now = System.currentTimeMillis();
		boolean settled = file.isSettled(now)
				&& siblings.values().stream().allMatch((sibling) -> sibling.isSettled(now));
		List<Representation> coded = new ArrayList<>();
		siblings.forEach((coding, sibling) -> coded.add(new Representation(sibling, coding, common, isPublic)));
		return new Lookup.Found(new Representation(file, null, common, isPublic), List.copyOf(coded), settled);
	}

	private HttpHeaders fields(RequestPath path, FileResource file, boolean isPublic) {
		HttpHeaders fields = DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
		fields.set(HttpHeaderNames.CONTENT_TYPE, this.mediaTypes.of(file.name()));
		fields.set(HttpHeaderNames.CACHE_CONTROL, isPublic ? this.cachePolicy.of(path, file) : "private, no-cache");
		fields.set(HttpHeaderNames.ACCEPT_RANGES, HttpHeaderValues.BYTES);
		fields.set("x-content-type-options", "nosniff");
		if (isPublic) {
			this.settings.headers().forEach(fields::set);
		}
		return fields;
	}

	private static boolean isUnchanged(Lookup.Found before, Lookup.Found after) {
		return before.settled() && versions(before).equals(versions(after));
	}

	private static List<FileResource> versions(Lookup.Found found) {
		return found.all().stream().map(Representation::file).toList();
	}

	private void forget(Lookup lookup) {
		if (lookup instanceof Lookup.Found found) {
			found.all().forEach(this.memory::forget);
		}
	}

	private <T> CompletableFuture<T> onDisk(Callable<T> task) {
		CompletableFuture<T> result = new CompletableFuture<>();
		try {
			this.disk.execute(() -> {
				try {
					result.complete(task.call());
				}
				catch (Throwable ex) {
					result.completeExceptionally(ex);
				}
			});
		}
		catch (RejectedExecutionException ex) {
			result.completeExceptionally(ex);
		}
		return result;
	}

	/** Ends the threads, and forgets everything. */
	@Override
	public void close() {
		this.disk.shutdownNow();
		this.memory.clear();
	}

	private static String path(String target) {
		int query = target.indexOf('?');
		return (query < 0) ? target : target.substring(0, query);
	}

	private static @Nullable FileLocator locator(@Nullable Path root, boolean followLinks) throws IOException {
		return (root != null) ? new FileLocator(root, followLinks) : null;
	}

	private static String mount(String path) {
		return path.replaceFirst("/(\\*\\*)?$", "");
	}

}
