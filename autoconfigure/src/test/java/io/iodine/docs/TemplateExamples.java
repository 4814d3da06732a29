package io.iodine.docs;

import java.util.Map;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Templates;
import io.iodine.UpgradeHandler;

/** The code of the page about templates. */
final class TemplateExamples {

	private TemplateExamples() {
	}

	// tag::message[]
	@UpgradeHandler("/news")
	static class News implements ConnectionHandler {

		private final Templates templates;

		News(Templates templates) {
			this.templates = templates;
		}

		@Override
		public void onOpen(Connection client) {
			client.write(this.templates.render("news/item", Map.of("title", "Fish & chips")));
		}

	}
	// end::message[]

}
