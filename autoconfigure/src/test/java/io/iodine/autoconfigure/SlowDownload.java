package io.iodine.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32;

/**
 * A download whose reader stops until the server has stopped too, and then reads on: what
 * the server held meanwhile, and what came.
 *
 * @param length how many bytes came
 * @param checksum of what came
 * @param readAhead how many bytes the server had read when it stopped
 * @param growth how much the resident set of the server grew at most, in bytes
 */
record SlowDownload(long length, long checksum, long readAhead, long growth) {

	static final int MIB = 1 << 20;

	private static final int LOOKS = 20;

	/** How a file comes. */
	enum Transport {

		CLEAR_TEXT(Version.HTTP_1_1),

		TLS(Version.HTTP_1_1),

		HTTP_2(Version.HTTP_2);

		private final Version version;

		Transport(Version version) {
			this.version = version;
		}

		private URI of(ServerProcess server, String target) {
			return URI.create((this == CLEAR_TEXT) ? "http://127.0.0.1:" + server.port() + target
					: "https://127.0.0.1:" + server.securePort() + target);
		}

	}

	static SlowDownload of(ServerProcess server, HttpClient client, Transport transport, String target)
			throws IOException, InterruptedException {
		long residentBefore = server.residentBytes();
		long readBefore = server.readBytes();
		HttpRequest request = HttpRequest.newBuilder(transport.of(server, target)).version(transport.version).build();
		HttpResponse<InputStream> response = client.send(request, BodyHandlers.ofInputStream());
		if (response.statusCode() != 200 || response.version() != transport.version) {
			throw new IOException("the answer is " + response);
		}
		try (InputStream body = response.body()) {
			CRC32 checksum = new CRC32();
			byte[] buffer = new byte[MIB];
			long length = 0;
			long readAhead = awaitStop(server) - readBefore;
			long resident = server.residentBytes();
			for (int n = body.readNBytes(buffer, 0, MIB); n > 0; n = body.readNBytes(buffer, 0, MIB)) {
				checksum.update(buffer, 0, n);
				length += n;
				resident = Math.max(resident, server.residentBytes());
			}
			return new SlowDownload(length, checksum.getValue(), readAhead, resident - residentBefore);
		}
	}

	/** Waits until the server reads nothing more of its file. */
	private static long awaitStop(ServerProcess server) throws IOException {
		long read = server.readBytes();
		int quiet = 0;
		while (quiet < LOOKS) {
			LockSupport.parkNanos(50_000_000); // the pace of the looks
			long now = server.readBytes();
			quiet = (now - read > MIB) ? 0 : quiet + 1;
			read = now;
		}
		return read;
	}

	/** A file that takes no room on the disk, but is another in each of its pieces. */
	static long sparse(Path file, long size) throws IOException {
		int every = 16 * MIB;
		CRC32 checksum = new CRC32();
		byte[] zeros = new byte[every];
		try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
			content.setLength(size);
			for (long position = 0; position < size; position += every) {
				content.seek(position);
				content.writeLong(position + 1);
				byte[] mark = new byte[Long.BYTES];
				content.seek(position);
				content.readFully(mark);
				checksum.update(mark);
				checksum.update(zeros, 0, (int) Math.min(every, size - position) - mark.length);
			}
		}
		return checksum.getValue();
	}

}
