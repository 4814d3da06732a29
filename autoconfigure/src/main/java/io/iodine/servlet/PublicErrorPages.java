package io.iodine.servlet;

import java.util.Map;

import io.iodine.file.BlockingFileResponder;
import io.iodine.file.StaticFiles;
import io.iodine.file.StreamedFileResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.web.servlet.View;

/**
 * Finds the public root's page for a status, such as {@code 404.html}, as a view in the
 * place of the application's.
 */
public final class PublicErrorPages {

	private final BlockingFileResponder files;

	/**
	 * Creates the pages.
	 * @param files the files
	 */
	public PublicErrorPages(StaticFiles files) {
		this.files = new BlockingFileResponder(files);
	}

	/**
	 * Finds the page for an error.
	 * @param method the method of the request
	 * @param status the status
	 * @return the page, to be rendered once; null when the public root has none
	 */
	public @Nullable View find(String method, int status) {
		StreamedFileResponse page = this.files.errorPage(method, status);
		return (page != null) ? new Page(page) : null;
	}

	/** Is rendered at once, which closes the file. */
	private record Page(StreamedFileResponse file) implements View {

		@Override
		public void render(@Nullable Map<String, ?> model, HttpServletRequest request, HttpServletResponse response)
				throws Exception {
			try (StreamedFileResponse answer = this.file) {
				answer.headers().forEach((field) -> ServletSendFileFilter.clear(response, field.getKey()));
				PublicFileFilter.send(answer, response);
			}
		}

	}

}
