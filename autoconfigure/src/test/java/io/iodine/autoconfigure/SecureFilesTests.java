package io.iodine.autoconfigure;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Random;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Files over TLS, with HTTP/1.1 and HTTP/2, asked for by the JDK's client. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class SecureFilesTests {

	@TempDir
	static Path folder;

	FileServer server;

	HttpClient client;

	byte[] large;

	@BeforeAll
	void start() throws IOException, InterruptedException, GeneralSecurityException {
		Path root = Files.createDirectory(folder.resolve("root"));
		this.large = new byte[3_000_000];
		new Random(1).nextBytes(this.large);
		Files.writeString(root.resolve("small.txt"), "small");
		Files.writeString(root.resolve("small.txt.gz"), "gz");
		Files.write(root.resolve("large.bin"), this.large);
		LocalhostKeys keys = LocalhostKeys.in(folder);
		this.server = FileServer.serving(root, keys.properties());
		this.client = HttpClient.newBuilder().sslContext(keys.trusting()).build();
	}

	@AfterAll
	void stop() {
		this.server.close();
	}

	@ParameterizedTest
	@EnumSource
	void aSmallFileIsSentAgainAndAgain(HttpClient.Version version) throws IOException, InterruptedException {
		for (int door = 0; door < 3; door++) {
			HttpResponse<String> answer = this.client.send(request("/small.txt", version).build(),
					BodyHandlers.ofString());

			assertThat(answer.version()).isEqualTo(version);
			assertThat(answer.body()).isEqualTo("small");
			assertThat(answer.headers().firstValue("content-type")).contains("text/plain; charset=utf-8");
			assertThat(answer.headers().firstValue("date")).isPresent();
		}
	}

	@ParameterizedTest
	@EnumSource
	void aLargeFileIsSentWhole(HttpClient.Version version) throws IOException, InterruptedException {
		HttpResponse<byte[]> answer = this.client.send(request("/large.bin", version).build(),
				BodyHandlers.ofByteArray());

		assertThat(answer.version()).isEqualTo(version);
		assertThat(answer.body()).isEqualTo(this.large);
	}

	@ParameterizedTest
	@EnumSource
	void aRangeAndASiblingAreSent(HttpClient.Version version) throws IOException, InterruptedException {
		HttpResponse<byte[]> range = this.client.send(
				request("/large.bin", version).header("Range", "bytes=1000000-1999999").build(),
				BodyHandlers.ofByteArray());
		HttpResponse<String> sibling = this.client
			.send(request("/small.txt", version).header("Accept-Encoding", "gzip").build(), BodyHandlers.ofString());

		assertThat(range.statusCode()).isEqualTo(206);
		assertThat(range.body()).isEqualTo(Arrays.copyOfRange(this.large, 1_000_000, 2_000_000));
		assertThat(sibling.body()).isEqualTo("gz");
		assertThat(sibling.headers().firstValue("content-encoding")).contains("gzip");
	}

	@ParameterizedTest
	@EnumSource
	void whatIsNoFileGoesOnToTheApplication(HttpClient.Version version) throws IOException, InterruptedException {
		HttpResponse<String> missing = this.client.send(request("/none", version).build(), BodyHandlers.ofString());
		HttpResponse<String> post = this.client.send(
				request("/small.txt", version).POST(HttpRequest.BodyPublishers.ofString("x")).build(),
				BodyHandlers.ofString());

		assertThat(missing.body()).isEqualTo(FileServer.APPLICATION);
		assertThat(post.body()).isEqualTo("posted");
	}

	private HttpRequest.Builder request(String path, HttpClient.Version version) {
		return HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + this.server.port() + path)).version(version);
	}

}
