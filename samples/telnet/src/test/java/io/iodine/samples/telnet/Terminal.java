package io.iodine.samples.telnet;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/** A program such as {@code nc} whose keyboard and screen are those of a test. */
final class Terminal implements AutoCloseable {

	private final Process program;

	private final ByteArrayOutputStream screen = new ByteArrayOutputStream();

	private Terminal(Process program) {
		this.program = program;
		// a read that waits for a program can't be interrupted
		CompletableFuture.delayedExecutor(40, TimeUnit.SECONDS).execute(program::destroy);
	}

	static Terminal run(String... command) {
		try {
			return new Terminal(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(
					command[0] + " can't be run: install it (Debian: apt-get install " + "netcat-openbsd socat)", ex);
		}
	}

	Terminal type(String text) throws IOException {
		this.program.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
		this.program.getOutputStream().flush();
		return this;
	}

	/** Types the end of input. */
	Terminal end() throws IOException {
		this.program.getOutputStream().close();
		return this;
	}

	/** Waits until the screen shows more, which must be this text. */
	Terminal shows(String text) throws IOException {
		byte[] expected = text.getBytes(StandardCharsets.UTF_8);
		byte[] shown = this.program.getInputStream().readNBytes(expected.length);
		this.screen.writeBytes(shown);
		assertThat(shown).asString(StandardCharsets.UTF_8).isEqualTo(text);
		return this;
	}

	/** Waits for the end of the program, and answers all that its screen has shown. */
	String transcript() throws IOException, InterruptedException {
		try (InputStream rest = this.program.getInputStream()) {
			this.screen.writeBytes(rest.readAllBytes());
		}
		assertThat(this.program.waitFor(20, TimeUnit.SECONDS)).isTrue();
		return this.screen.toString(StandardCharsets.UTF_8);
	}

	/** Ends the program, whose connection the system then closes. */
	@Override
	public void close() {
		this.program.destroy();
	}

}
