package io.iodine.http;

import reactor.core.publisher.Mono;

import org.springframework.web.reactive.HandlerAdapter;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.server.ServerWebExchange;

/** Has the answer of an {@code @UpgradeHandler} bean carried out. */
public final class AnswerAdapter implements HandlerAdapter {

	private final AnswerWriter answers;

	AnswerAdapter(AnswerWriter answers) {
		this.answers = answers;
	}

	@Override
	public boolean supports(Object handler) {
		return handler instanceof UpgradeMapping.Answer;
	}

	@Override
	public Mono<HandlerResult> handle(ServerWebExchange exchange, Object handler) {
		UpgradeMapping.Answer answer = (UpgradeMapping.Answer) handler;
		return this.answers.write(exchange, answer.upgrade(), answer.terms()).then(Mono.empty());
	}

}
