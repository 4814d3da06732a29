package io.iodine.samples.mvc;

import java.util.List;

import org.springframework.data.repository.Repository;

/** The lines of the chat. Each call blocks until the database has answered. */
interface Lines extends Repository<Line, Long> {

	Line save(Line line);

	List<Line> findTop20ByOrderByIdDesc();

}
