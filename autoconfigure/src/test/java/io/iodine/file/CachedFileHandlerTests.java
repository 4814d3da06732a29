package io.iodine.file;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests what is answered right behind the codec for a file whose content is not cached.
 */
@SuppressWarnings("NullAway.Init")
class CachedFileHandlerTests {

	private static final String TARGET = "/page.txt";

	@TempDir
	Path root;

	StaticFiles files;

	EmbeddedChannel channel;

	String entityTag;

	@BeforeEach
	void lookUp() throws Exception {
		Files.writeString(this.root.resolve("page.txt"), "text");
		this.files = new StaticFiles(Settings.of(this.root));
		FullHttpRequest request = request("Accept", "*/*");
		Lookup.Found found = (Lookup.Found) this.files.catalog().find(TARGET, HttpMethod.GET, request.headers()).join();
		Representation file = Objects.requireNonNull(found.preferredBy(request.headers()));
		this.entityTag = file.entityTag();
		this.channel = new EmbeddedChannel(new CachedFileHandler(this.files));
	}

	@AfterEach
	void close() {
		this.channel.finishAndReleaseAll();
		this.files.close();
	}

	@Test
	void whatTheClientHasNeedsNoContent() {
		this.channel.writeInbound(request("If-None-Match", this.entityTag));

		FullHttpResponse response = this.channel.readOutbound();
		assertThat(response.status().code()).isEqualTo(304);
		assertThat(response.headers().get("etag")).isEqualTo(this.entityTag);
		assertThat(response.headers().get("date")).endsWith("GMT");
		assertThat(response.content().isReadable()).isFalse();
		assertThat(this.channel.<Object>readInbound()).isNull();
	}

	@Test
	void aFailedPreconditionNeedsNoContent() {
		this.channel.writeInbound(request("If-Match", "\"other\""));

		FullHttpResponse response = this.channel.readOutbound();
		assertThat(response.status().code()).isEqualTo(412);
		assertThat(this.channel.<Object>readInbound()).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "Accept: */*", "Range: bytes=0-1", "If-None-Match: \"other\"" })
	void whatNeedsContentGoesOnToTheRoute(String field) {
		String[] parts = field.split(": ", 2);
		FullHttpRequest request = request(parts[0], parts[1]);

		this.channel.writeInbound(request);

		assertThat(this.channel.<Object>readOutbound()).isNull();
		assertThat(this.channel.<Object>readInbound()).isSameAs(request);
	}

	private static FullHttpRequest request(String name, String value) {
		FullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, TARGET);
		request.headers().set("Host", "localhost").set(name, value);
		return request;
	}

}
