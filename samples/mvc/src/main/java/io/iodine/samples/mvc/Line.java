package io.iodine.samples.mvc;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;

/** A line of the chat, as the database keeps it. */
@Entity
class Line {

	@Id
	@GeneratedValue
	private long id;

	private String author = "";

	private String text = "";

	/** For Hibernate. */
	protected Line() {
	}

	Line(String author, String text) {
		this.author = author;
		this.text = text;
	}

	/** The line as it is shown. */
	@Override
	public String toString() {
		return this.author + ": " + this.text;
	}

}
