package io.iodine.template;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.core.io.DefaultResourceLoader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Tests for {@link MustacheTemplates}. */
@SuppressWarnings("NullAway.Init")
class MustacheTemplatesTests {

	@TempDir
	private Path folder;

	private MustacheTemplates templates;

	@BeforeEach
	void create() throws Exception {
		write("page", "{{>head}}root {{title}}");
		write("head", "[root head]");
		write("chat/page", "{{>head}}chat {{title}} {{>parts/line}}{{>/head}}{{>../head}}");
		write("chat/head", "[chat head]");
		write("chat/parts/line", "line{{>end}}");
		write("chat/parts/end", ".");
		this.templates = templates(true);
	}

	@Test
	void partialsAreLookedUpInTheFolderOfTheirTemplate() {
		assertThat(this.templates.render("page", Map.of("title", "<1>"))).isEqualTo("[root head]root &lt;1&gt;");
		assertThat(this.templates.render("chat/page", Map.of("title", 2)))
			.isEqualTo("[chat head]chat 2 line.[root head][root head]");
	}

	@Test
	void aMissingTemplateOrPartialIsAnError() throws Exception {
		write("broken", "a{{>nowhere}}");

		assertThatIllegalArgumentException().isThrownBy(() -> this.templates.render("none", Map.of()))
			.withMessageContaining("There is no template 'none'");
		assertThatIllegalArgumentException().isThrownBy(() -> this.templates.render("broken", Map.of()))
			.withMessageContaining("nowhere");
		assertThatIllegalArgumentException().isThrownBy(() -> this.templates.renderText("{{>nowhere}}", Map.of()))
			.withMessageContaining("nowhere");
		assertThat(this.templates.exists("none")).isFalse();
		assertThat(this.templates.exists("chat/page")).isTrue();
	}

	@Test
	void aTemplateThatIsNoneIsAnError() throws Exception {
		write("open", "{{#a}}never closed");

		assertThatIllegalArgumentException().isThrownBy(() -> this.templates.render("open", Map.of()))
			.withMessageContaining("'open' is not valid");
		write("endless", "{{>endless}}");
		assertThatIllegalArgumentException().isThrownBy(() -> this.templates.render("endless", Map.of()))
			.withMessageContaining("without end");
	}

	@ParameterizedTest
	@ValueSource(strings = { "../secret", "chat/../../secret", "/../secret", "", "file:/etc/passwd", "a\0b" })
	void namesStayWithinTheFolder(String name) throws Exception {
		Files.writeString(this.folder.resolve("secret.mustache"), "secret");

		assertThatIllegalArgumentException().isThrownBy(() -> this.templates.render(name, Map.of()))
			.withMessageContaining("outside");
		assertThat(this.templates.exists(name)).isFalse();
	}

	@Test
	void aTemplateIsReadOnceUnlessItIsNotKept() throws Exception {
		MustacheTemplates fresh = templates(false);
		assertThat(this.templates.render("head", Map.of())).isEqualTo(fresh.render("head", Map.of()));

		write("head", "changed");

		assertThat(this.templates.render("head", Map.of())).isEqualTo("[root head]");
		assertThat(fresh.render("head", Map.of())).isEqualTo("changed");
	}

	private MustacheTemplates templates(boolean caches) {
		return new MustacheTemplates(new TemplateFiles(new DefaultResourceLoader(),
				this.folder.resolve("templates").toUri().toString(), ".mustache", StandardCharsets.UTF_8), caches);
	}

	private void write(String name, String text) throws Exception {
		Path file = this.folder.resolve("templates/" + name + ".mustache");
		Files.createDirectories(file.getParent());
		Files.writeString(file, text);
	}

}
