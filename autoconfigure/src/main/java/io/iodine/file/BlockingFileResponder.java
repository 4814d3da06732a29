package io.iodine.file;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import org.jspecify.annotations.Nullable;

/**
 * Answers requests for files on a thread that may block, as those of servlet containers.
 */
public final class BlockingFileResponder {

	private final StaticFiles files;

	/**
	 * Creates the answers.
	 * @param files the files
	 */
	public BlockingFileResponder(StaticFiles files) {
		this.files = files;
	}

	/**
	 * Answers a request for a public file.
	 * @param method the method
	 * @param target the path and query, as they were sent
	 * @param request the header fields
	 * @return the answer, to be closed; null when the request is for the application
	 */
	public @Nullable StreamedFileResponse publicFile(String method, String target, HttpHeaders request) {
		HttpMethod verb = HttpMethod.valueOf(method);
		if (!FileCatalog.mayConcern(verb, request) || !this.files.catalog().mayHave(target, verb, request)) {
			return null;
		}
		CompletableFuture<Lookup> lookup = this.files.catalog().find(target, verb, request);
		return isForApplication(lookup, request) ? null
				: new StreamedFileResponse(this.files.prepare(lookup, verb, request).join(), null);
	}

	/**
	 * Answers with the file that a response of the application names.
	 * @param method the method of the request
	 * @param request the header fields of the request
	 * @param status the status of the response
	 * @param given the header fields of the response, of which those that name the file
	 * are taken out
	 * @return the answer, to be closed; null when no file is named
	 */
	public @Nullable StreamedFileResponse namedFile(String method, HttpHeaders request, int status, HttpHeaders given) {
		SendFileName name = SendFileName.take(given);
		if (name == null) {
			return null;
		}
		HttpMethod verb = HttpMethod.valueOf(method);
		HttpResponseStatus code = HttpResponseStatus.valueOf(status);
		return new StreamedFileResponse(
				this.files.prepareNamed(name, verb, (found) -> SendFileResponder.of(found, code, given, verb, request))
					.join(),
				given);
	}

	/**
	 * Answers an error with the page of its status.
	 * @param method the method of the request
	 * @param status the status
	 * @return the answer, to be closed; null when the public root has no page for it
	 */
	public @Nullable StreamedFileResponse errorPage(String method, int status) {
		return this.files.hasErrorPage(status).exceptionally((failure) -> false).join() ? new StreamedFileResponse(
				this.files.prepareError(HttpMethod.valueOf(method), HttpResponseStatus.valueOf(status)).join(), null)
				: null;
	}

	private static boolean isForApplication(CompletableFuture<Lookup> search, HttpHeaders request) {
		try {
			Lookup lookup = search.join();
			return lookup instanceof Lookup.Absent
					|| (lookup instanceof Lookup.Found found && found.preferredBy(request) == null);
		}
		catch (CompletionException ex) {
			// the answer says so
			return false;
		}
	}

}
