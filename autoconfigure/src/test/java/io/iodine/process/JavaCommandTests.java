package io.iodine.process;

import java.nio.charset.StandardCharsets;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of taking a command line apart. */
class JavaCommandTests {

	@Test
	void argumentsOfWorkersStandBeforeTheJarAndWinOverThoseGiven() {
		JavaCommand command = JavaCommand.parse(List.of("-Xmx64m", "-jar", "app.jar", "--server.port=80", "-x"));

		assertThat(command.with(List.of("-Xmx1g")).subList(1, 7)).containsExactly("-Xmx64m", "-Xmx1g", "-jar",
				"app.jar", "--server.port=80", "-x");
	}

	@Test
	void valuesOfOptionsAreNotTakenForTheMainClass() {
		JavaCommand command = JavaCommand
			.parse(List.of("-cp", "a:b", "--add-opens", "java.base/java.lang=ALL-UNNAMED", "Main", "-cp", "c"));

		assertThat(command.program()).containsExactly("Main", "-cp", "c");
	}

	@Test
	void whatTheOperatingSystemTellsKeepsEachOfItsBytes() {
		byte[] line = "java\0-Dname=Gr\u00fc\u00dfe\0-cp\0a b\0Main\0\0x\0".getBytes(StandardCharsets.ISO_8859_1);

		JavaCommand command = JavaCommand.read(line, StandardCharsets.ISO_8859_1);

		assertThat(command.jvmArguments()).containsExactly("-Dname=Gr\u00fc\u00dfe", "-cp", "a b");
		assertThat(command.program()).containsExactly("Main", "", "x");
		assertThat(JavaCommand.read(line, StandardCharsets.UTF_8).program()).as("of bytes that are no UTF-8")
			.containsExactly("Main", "", "x");
	}

	@Test
	void aModuleIsTheProgram() {
		assertThat(JavaCommand.parse(List.of("-p", "mods", "-m", "app/Main", "x")).program()).containsExactly("-m",
				"app/Main", "x");
		assertThat(JavaCommand.parse(List.of("--module-path=mods", "--module=app/Main")).program())
			.containsExactly("--module=app/Main");
	}

	@Test
	void anArgumentFileMayEndWithTheMainClass() {
		JavaCommand command = JavaCommand.parse(List.of("@options", "Main"));

		assertThat(command.with(List.of("-Xmx1g")).subList(1, 4)).containsExactly("-Xmx1g", "@options", "Main");
	}

	@ParameterizedTest
	@ValueSource(strings = { "-Xmx1g", "-Da=b c", "--add-modules=jdk.jfr", "--enable-preview", "-javaagent:x.jar" })
	void anArgumentWithItsValueStandsByItself(String argument) {
		assertThat(JavaCommand.isWhole(argument)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "-cp", "--class-path", "-p", "--add-opens", "-jar", "-m", "--module", "--module=app/Main",
			"x", "@file", "" })
	void anArgumentThatTakesTheNextForItsValueDoesNotStandByItself(String argument) {
		assertThat(JavaCommand.isWhole(argument)).isFalse();
	}

	@Test
	void theDebuggerStaysWithTheMaster() {
		JavaCommand command = JavaCommand
			.parse(List.of("-agentlib:jdwp=transport=dt_socket,server=y,address=5005", "-javaagent:x.jar", "Main"));

		assertThat(command.isDebugged()).isTrue();
		assertThat(command.with(List.of())).noneMatch((word) -> word.contains("jdwp"))
			.contains("-javaagent:x.jar", "Main");
	}

}
