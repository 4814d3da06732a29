package io.iodine.file;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;

import io.iodine.concurrent.ThrottledLog;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The files of a server: keeps the small ones ready, and opens the others. The disk is
 * touched by threads of its own, never by an event loop.
 */
public final class StaticFiles implements AutoCloseable {

	private static final Log log = LogFactory.getLog(StaticFiles.class);

	private final ThrottledLog unavailable = new ThrottledLog(log);

	private final ThrottledLog failures = new ThrottledLog(log);

	private final FileSettings settings;

	private final DiskThreads disk;

	private final ContentCache memory;

	private final RepresentationFactory representations;

	private final FileCatalog catalog;

	private final @Nullable FileLocator named;

	/**
	 * Files as the settings say.
	 * @param settings how files are served
	 * @throws IOException if a root is no directory
	 */
	public StaticFiles(FileSettings settings) throws IOException {
		this.settings = settings;
		this.disk = new DiskThreads(settings.threads(), settings.maxPending());
		this.memory = new ContentCache(settings.cacheSize(), settings.cacheFileSize());
		this.representations = new RepresentationFactory(settings);
		this.catalog = new FileCatalog(settings, locator(settings.root(), settings.followLinks()), this.disk,
				this.memory, this.representations);
		this.named = locator(settings.sendFileRoot(), settings.followLinks());
	}

	FileSettings settings() {
		return this.settings;
	}

	/** Whether responses may name files. */
	boolean hasNamed() {
		return this.named != null;
	}

	/** The public files. */
	FileCatalog catalog() {
		return this.catalog;
	}

	/**
	 * Makes the answer to a request for a public file ready to be sent. Never fails: what
	 * goes wrong is an answer too.
	 */
	CompletableFuture<PreparedResponse> prepare(CompletableFuture<Lookup> search, HttpMethod method,
			HttpHeaders request) {
		return orError(method, search.thenCompose((lookup) -> answer(lookup, method, request)));
	}

	private CompletableFuture<PreparedResponse> answer(Lookup lookup, HttpMethod method, HttpHeaders request) {
		return (lookup instanceof Lookup.Found found)
				? ready(found, (file) -> answer(file, method, request), this.catalog::again)
				: error(method, HttpResponseStatus.BAD_REQUEST);
	}

	private static FileResponse answer(Lookup.Found found, HttpMethod method, HttpHeaders request) {
		Representation file = found.preferredBy(request);
		return (file != null) ? FileResponse.to(method, request, file)
				: FileResponse.error(method, HttpResponseStatus.NOT_FOUND);
	}

	/**
	 * Makes the answer with a file that the application has named ready to be sent. Never
	 * fails: what goes wrong is an answer too.
	 */
	CompletableFuture<PreparedResponse> prepareNamed(SendFileName name, HttpMethod method,
			Function<Lookup.Found, FileResponse> answers) {
		CompletableFuture<Lookup> search = this.disk.run(() -> find(name));
		return orError(method, search.thenCompose((lookup) -> answerNamed(lookup, name, method, answers)));
	}

	private CompletableFuture<PreparedResponse> answerNamed(Lookup lookup, SendFileName name, HttpMethod method,
			Function<Lookup.Found, FileResponse> answers) {
		return (lookup instanceof Lookup.Found found) ? ready(found, answers, (stale) -> find(name))
				: error(method, HttpResponseStatus.NOT_FOUND);
	}

	private Lookup find(SendFileName name) {
		FileLocator locator = this.named;
		Optional<FileResource> file = (locator != null) ? name.locate(locator) : Optional.empty();
		return (locator == null || file.isEmpty()) ? Lookup.ABSENT
				: this.representations.ofNamed(name.value(), Variants.of(locator, file.get()));
	}

	private CompletableFuture<PreparedResponse> orError(HttpMethod method,
			CompletableFuture<PreparedResponse> preparation) {
		return preparation.exceptionallyCompose((failure) -> error(method, status(failure)));
	}

	private HttpResponseStatus status(Throwable failure) {
		Throwable cause = (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause()
				: failure;
		if (cause instanceof NoSuchFileException) {
			return HttpResponseStatus.NOT_FOUND;
		}
		if (cause instanceof RejectedExecutionException || cause instanceof StaleFileException) {
			this.unavailable.warn(() -> "A file could not be sent: " + cause);
			return HttpResponseStatus.SERVICE_UNAVAILABLE;
		}
		this.failures.error(() -> "A file could not be sent", cause);
		return HttpResponseStatus.INTERNAL_SERVER_ERROR;
	}

	/** Whether the public root has a page for an error. */
	CompletableFuture<Boolean> hasErrorPage(int status) {
		return this.catalog.findPage(status + ".html").thenApply((lookup) -> lookup instanceof Lookup.Found);
	}

	/** The answer to an error of the application; never fails. */
	CompletableFuture<PreparedResponse> prepareError(HttpMethod method, HttpResponseStatus status) {
		return error(method, status);
	}

	/** An error: the public root's page for it, or else words. */
	private CompletableFuture<PreparedResponse> error(HttpMethod method, HttpResponseStatus status) {
		return this.catalog.findPage(status.code() + ".html")
			.thenCompose((lookup) -> (lookup instanceof Lookup.Found found)
					? ready(found, (page) -> errorPage(method, status, page), this.catalog::again)
					: CompletableFuture.completedFuture(errorInWords(method, status)))
			.exceptionally((failure) -> {
				log.debug("There is no page for " + status, failure);
				return errorInWords(method, status);
			});
	}

	private static FileResponse errorPage(HttpMethod method, HttpResponseStatus status, Lookup.Found found) {
		Representation page = found.plain();
		return (page == null) ? FileResponse.error(method, status) : FileResponse.whole(method, status, page)
			.with(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE);
	}

	private static PreparedResponse errorInWords(HttpMethod method, HttpResponseStatus status) {
		return PreparedResponse.of(FileResponse.error(method, status));
	}

	private CompletableFuture<PreparedResponse> ready(Lookup.Found found, Function<Lookup.Found, FileResponse> answers,
			Search again) {
		FileResponse answer = answers.apply(found);
		Representation source = answer.source();
		if (source == null || answer.pieces().isEmpty()) {
			return CompletableFuture.completedFuture(PreparedResponse.of(answer));
		}
		ByteBuf bytes = source.acquire();
		if (bytes != null) {
			return CompletableFuture.completedFuture(new PreparedResponse(answer, bytes, null));
		}
		return this.disk.run(() -> openOrSearch(found, answers, again));
	}

	private PreparedResponse openOrSearch(Lookup.Found found, Function<Lookup.Found, FileResponse> answers,
			Search again) throws Exception {
		try {
			return open(answers.apply(found));
		}
		catch (StaleFileException | NoSuchFileException ex) {
			return StaleFileRetry.untilWhole(() -> {
				if (again.insteadOf(found) instanceof Lookup.Found next) {
					return open(answers.apply(next));
				}
				throw new NoSuchFileException(found.target());
			});
		}
	}

	private PreparedResponse open(FileResponse answer) throws IOException {
		Representation source = answer.source();
		if (source == null || answer.pieces().isEmpty()) {
			return PreparedResponse.of(answer);
		}
		if (!source.isPublic() || !this.memory.admits(source)) {
			return new PreparedResponse(answer, null, OpenFile.open(source.file()));
		}
		ByteBuf bytes = this.memory.read(source.file());
		this.memory.keep(source, bytes.retainedDuplicate());
		return new PreparedResponse(answer, bytes, null);
	}

	/** Ends the threads, and forgets everything. */
	@Override
	public void close() {
		this.disk.close();
		this.memory.close();
	}

	private static @Nullable FileLocator locator(@Nullable FileRoot root, boolean followLinks) throws IOException {
		return (root != null) ? new FileLocator(root, followLinks) : null;
	}

	/** Looks again for what was found, but isn't there any more. */
	@FunctionalInterface
	private interface Search {

		Lookup insteadOf(Lookup.Found stale) throws Exception;

	}

}
