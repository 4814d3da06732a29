package io.iodine.process;

import java.util.List;

import org.junit.jupiter.api.Test;

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

	@Test
	void theDebuggerStaysWithTheMaster() {
		JavaCommand command = JavaCommand
			.parse(List.of("-agentlib:jdwp=transport=dt_socket,server=y,address=5005", "-javaagent:x.jar", "Main"));

		assertThat(command.isDebugged()).isTrue();
		assertThat(command.with(List.of())).noneMatch((word) -> word.contains("jdwp"))
			.contains("-javaagent:x.jar", "Main");
	}

}
