package io.iodine.template;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

import com.samskivert.mustache.Mustache;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.core.io.Resource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the rules of the Mustache specification ask for, one case a rule: interpolation,
 * sections, inverted sections, comments, delimiters, partials and lambdas.
 */
class MustacheConformanceTests {

	private static final Map<String, String> PARTIALS = Map.of("text", "from a partial", "name", "*{{name}}*", "lines",
			"one\ntwo\n", "list", "{{v}}<{{#n}}{{>list}}{{/n}}>", "padded", "|\n{{{block}}}\n|\n", "empty", "");

	@ParameterizedTest(name = "{0}")
	@MethodSource
	void rules(Case rule) {
		TemplateFiles files = new TemplateFiles(new PartialLoader(), "", "", StandardCharsets.UTF_8);

		String text = new MustacheTemplates(files, true).renderText(rule.template(), rule.data());

		assertThat(text).isEqualTo(rule.expected());
	}

	static Stream<Case> rules() {
		return Stream
			.of(interpolation(), sections(), invertedSections(), comments(), delimiters(), partials(), lambdas())
			.flatMap(List::stream);
	}

	private static List<Case> interpolation() {
		Map<String, Object> nested = Map.of("a", Map.of("b", Map.of("c", "deep")));
		return List.of(
				new Case("text without tags stays as it is", "no { tags } here\n", Map.of(), "no { tags } here\n"),
				new Case("a variable is replaced", "Dear {{who}}!", Map.of("who", "Ann"), "Dear Ann!"),
				new Case("blanks within a tag don't count", "{{  who }}", Map.of("who", "Ann"), "Ann"),
				new Case("blanks around a variable stay", "  {{who}} \n", Map.of("who", "Ann"), "  Ann \n"),
				new Case("values are escaped", "{{v}}", Map.of("v", "<a href=\"x\">&'"),
						"&lt;a href&#x3D;&quot;x&quot;&gt;&amp;&#39;"),
				new Case("triple braces don't escape", "{{{v}}}", Map.of("v", "<b>&\""), "<b>&\""),
				new Case("an ampersand doesn't escape", "{{& v }}", Map.of("v", "<b>&\""), "<b>&\""),
				new Case("numbers are written as they are", "{{n}} {{d}}", Map.of("n", 85, "d", 1.21), "85 1.21"),
				new Case("what is missing is empty", "({{none}}|{{{none}}}|{{&none}})", Map.of(), "(||)"),
				new Case("null is empty", "({{v}})", mapOf("v", null), "()"),
				new Case("dotted names look into objects", "{{a.b.c}}", nested, "deep"),
				new Case("a broken chain is empty", "({{a.x.c}})", nested, "()"),
				new Case("the first part of a chain is found in an outer context", "{{#a}}{{#b}}{{a.b.c}}{{/b}}{{/a}}",
						nested, "deep"),
				new Case("further parts are found in the first one only", "{{#in}}({{a.c}}){{/in}}",
						Map.of("in", Map.of("a", Map.of()), "a", Map.of("c", "outer")), "()"),
				new Case("a dot is the value itself", "{{#list}}[{{.}}]{{/list}}", Map.of("list", List.of("<", 2)),
						"[&lt;][2]"),
				new Case("records have their components", "{{x}},{{y}}", new Point(1, 2), "1,2"));
	}

	private static List<Case> sections() {
		return List.of(new Case("true shows the section", "({{#on}}yes{{/on}})", Map.of("on", true), "(yes)"),
				new Case("false hides it", "({{#on}}yes{{/on}})", Map.of("on", false), "()"),
				new Case("null hides it", "({{#on}}yes{{/on}})", mapOf("on", null), "()"),
				new Case("what is missing hides it", "({{#on}}yes{{/on}})", Map.of(), "()"),
				new Case("an empty list hides it", "({{#l}}yes{{/l}})", Map.of("l", List.of()), "()"),
				new Case("an object is the context", "{{#p}}{{x}}{{/p}}", Map.of("p", Map.of("x", 1)), "1"),
				new Case("a list repeats the section", "{{#l}}{{x}};{{/l}}",
						Map.of("l", List.of(Map.of("x", 1), Map.of("x", 2))), "1;2;"),
				new Case("outer contexts can be seen", "{{#l}}{{x}}{{y}} {{/l}}",
						Map.of("l", List.of(Map.of("x", 1), Map.of("x", 2)), "y", "!"), "1! 2! "),
				new Case("sections nest", "{{#a}}A{{#b}}B{{/b}}A{{/a}}", Map.of("a", true, "b", true), "ABA"),
				new Case("lists nest", "{{#l}}({{#.}}{{.}}{{/.}}){{/l}}",
						Map.of("l", List.of(List.of(1, 2), List.of(3))), "(12)(3)"),
				new Case("sections have dotted names", "{{#a.b}}yes{{/a.b}}", Map.of("a", Map.of("b", true)), "yes"),
				new Case("lines of their own vanish", "|\n{{#on}}\n-\n{{/on}}\n|\n", Map.of("on", true), "|\n-\n|\n"),
				new Case("indented ones too", "|\n  {{#on}}\n-\n  {{/on}}\n|\n", Map.of("on", true), "|\n-\n|\n"),
				new Case("so do lines that end in CRLF", "|\r\n{{#on}}\r\n{{/on}}\r\n|", Map.of("on", true), "|\r\n|"),
				new Case("on a line with text nothing vanishes", " {{#on}}a{{/on}} b\n", Map.of("on", true), " a b\n"));
	}

	private static List<Case> invertedSections() {
		return List.of(new Case("false shows it", "({{^on}}no{{/on}})", Map.of("on", false), "(no)"),
				new Case("true hides the inverted one", "({{^on}}no{{/on}})", Map.of("on", true), "()"),
				new Case("what is missing shows it", "({{^on}}no{{/on}})", Map.of(), "(no)"),
				new Case("an empty list shows it", "({{^l}}none{{/l}})", Map.of("l", List.of()), "(none)"),
				new Case("a list hides it", "({{^l}}none{{/l}})", Map.of("l", List.of(1)), "()"),
				new Case("a broken chain shows it", "({{^a.b}}no{{/a.b}})", Map.of("a", Map.of()), "(no)"),
				new Case("inverted lines of their own vanish", "|\n{{^on}}\n-\n{{/on}}\n|", Map.of(), "|\n-\n|"));
	}

	private static List<Case> comments() {
		return List.of(new Case("comments vanish", "a{{! nothing }}b", Map.of(), "ab"),
				new Case("comments have many lines", "a{{!\n one\n two\n}}b", Map.of(), "ab"),
				new Case("comments on lines of their own vanish with them", "a\n  {{! x }}\nb\n", Map.of(), "a\nb\n"));
	}

	private static List<Case> delimiters() {
		return List.of(new Case("delimiters can be others", "{{=<% %>=}}<% v %>{{v}}", Map.of("v", 1), "1{{v}}"),
				new Case("delimiters hold until others are set", "{{=| |=}}|v||={{ }}=|{{v}}", Map.of("v", 1), "11"),
				new Case("setting them on a line of its own vanishes", "a\n{{=| |=}}\nb\n", Map.of(), "a\nb\n"),
				new Case("partials have the usual ones", "{{=| |=}}|>name|", Map.of("name", "Ann"), "*Ann*"));
	}

	private static List<Case> partials() {
		return List.of(new Case("a partial is put in", "({{>text}})", Map.of(), "(from a partial)"),
				new Case("it sees the context", "{{#p}}{{>name}}{{/p}}", Map.of("p", Map.of("name", "Bo")), "*Bo*"),
				new Case("it may include itself", "{{>list}}",
						Map.of("v", 1, "n", List.of(Map.of("v", 2, "n", List.of()))), "1<2<>>"),
				new Case("a partial on a line of its own is padded", " \n  {{>lines}}\n.", Map.of(),
						" \n  one\n  two\n."),
				new Case("values within it are not", " {{>padded}}\n", Map.of("block", "<\n>"), " |\n <\n>\n |\n"),
				new Case("within text it is not padded", "  {{v}}  {{> text}}\n", Map.of("v", "|"),
						"  |  from a partial\n"),
				new Case("an empty partial is nothing", "({{>empty}})", Map.of(), "()"));
	}

	private static List<Case> lambdas() {
		Mustache.Lambda upper = (fragment, out) -> out.write(fragment.execute().toUpperCase(Locale.ROOT));
		Mustache.Lambda raw = (fragment, out) -> out.write(fragment.decompile());
		return List.of(
				new Case("a lambda gets what its section renders", "{{#up}}a{{v}}{{/up}}",
						Map.of("up", upper, "v", "b"), "AB"),
				new Case("or its text, which is not evaluated", "{{#raw}}{{v}}{{/raw}}", Map.of("raw", raw, "v", "b"),
						"{{v}}"),
				new Case("an inverted section of a lambda is hidden", "({{^up}}x{{/up}})", Map.of("up", upper), "()"));
	}

	private static Map<String, Object> mapOf(String name, @Nullable Object value) {
		Map<String, Object> map = new HashMap<>();
		map.put(name, value);
		return map;
	}

	/**
	 * A rule.
	 *
	 * @param rule what it says
	 * @param template a template
	 * @param data its values
	 * @param expected what it renders
	 */
	private record Case(String rule, String template, Object data, String expected) {

		@Override
		public String toString() {
			return this.rule;
		}

	}

	private record Point(int x, int y) {

	}

	private static final class PartialLoader extends DefaultResourceLoader {

		@Override
		public Resource getResource(String location) {
			String text = PARTIALS.get(location);
			return (text != null) ? new ByteArrayResource(text.getBytes(StandardCharsets.UTF_8))
					: super.getResource("classpath:/none/" + location);
		}

	}

}
