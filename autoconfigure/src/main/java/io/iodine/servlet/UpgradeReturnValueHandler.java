package io.iodine.servlet;

import java.util.concurrent.CompletionStage;

import io.iodine.Upgrade;
import io.iodine.upgrade.UpgradePolicy;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodParameter;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodReturnValueHandler;
import org.springframework.web.method.support.ModelAndViewContainer;

/**
 * Takes an {@link Upgrade}, or a future or {@code Mono} of one, as the result of a
 * controller method, ahead of the handlers that would write it as a body.
 */
public final class UpgradeReturnValueHandler implements HandlerMethodReturnValueHandler {

	private final ServletUpgradeResponder responder;

	private final UpgradePolicy policy;

	private final ReactiveAdapterRegistry adapters = ReactiveAdapterRegistry.getSharedInstance();

	UpgradeReturnValueHandler(ServletUpgradeResponder responder, UpgradePolicy policy) {
		this.responder = responder;
		this.policy = policy;
	}

	@Override
	public boolean supportsReturnType(MethodParameter returnType) {
		ResolvableType type = ResolvableType.forMethodParameter(returnType);
		if (Upgrade.class.isAssignableFrom(type.toClass())) {
			return true;
		}
		ReactiveAdapter adapter = this.adapters.getAdapter(type.toClass());
		boolean single = CompletionStage.class.isAssignableFrom(type.toClass())
				|| (adapter != null && !adapter.isMultiValue());
		return single && Upgrade.class.isAssignableFrom(type.getGeneric().toClass());
	}

	@Override
	public void handleReturnValue(@Nullable Object value, MethodParameter returnType, ModelAndViewContainer container,
			NativeWebRequest request) throws Exception {
		container.setRequestHandled(true);
		HttpServletRequest servletRequest = request.getNativeRequest(HttpServletRequest.class);
		HttpServletResponse response = request.getNativeResponse(HttpServletResponse.class);
		Upgrade answer = answer(value);
		if (answer != null && servletRequest != null && servletRequest.getDispatcherType() != DispatcherType.REQUEST) {
			throw new IllegalStateException("an Upgrade can't be the result of a Callable, WebAsyncTask or"
					+ " DeferredResult: return a CompletionStage, or Upgrade.later(stage)");
		}
		if (answer != null && servletRequest != null && response != null) {
			this.responder.write(servletRequest, response, answer, this.policy);
		}
	}

	private @Nullable Upgrade answer(@Nullable Object value) {
		if (value instanceof Upgrade upgrade) {
			return upgrade;
		}
		CompletionStage<?> stage = (value instanceof CompletionStage<?> given) ? given : stage(value);
		return (stage != null)
				? Upgrade.later(stage.thenApply((result) -> (result != null) ? (Upgrade) result : Upgrade.decline()))
				: null;
	}

	private @Nullable CompletionStage<?> stage(@Nullable Object value) {
		ReactiveAdapter adapter = (value != null) ? this.adapters.getAdapter(null, value) : null;
		return (adapter != null) ? FirstElement.of(adapter.toPublisher(value)) : null;
	}

}
