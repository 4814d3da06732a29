package io.iodine.servlet;

import java.util.HashMap;
import java.util.Map;

import io.iodine.UpgradeRequest;
import io.iodine.upgrade.RequestSnapshot;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodParameter;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.HandlerMapping;

/** Gives controller methods their {@link UpgradeRequest} argument. */
public final class ServletUpgradeArgument implements HandlerMethodArgumentResolver {

	@Override
	public boolean supportsParameter(MethodParameter parameter) {
		return parameter.getParameterType() == UpgradeRequest.class;
	}

	@Override
	public Object resolveArgument(MethodParameter parameter, @Nullable ModelAndViewContainer container,
			NativeWebRequest webRequest, @Nullable WebDataBinderFactory binders) {
		HttpServletRequest request = webRequest.getNativeRequest(HttpServletRequest.class);
		RequestSnapshot snapshot = (request != null) ? ServletRequestSource.existing(request) : null;
		if (request == null || snapshot == null) {
			throw new IllegalStateException("the request has not passed iodine's ServletUpgradeFilter");
		}
		if (request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE) instanceof Map<?, ?> variables) {
			Map<String, String> named = new HashMap<>();
			variables.forEach((name, value) -> named.put(String.valueOf(name), String.valueOf(value)));
			snapshot.pathVariables(named);
		}
		return snapshot;
	}

}
