package io.iodine.upgrade;

import java.util.Set;
import java.util.regex.Pattern;

import io.iodine.ConnectionHandler;
import io.iodine.Protocol;
import io.iodine.Upgrade;
import io.iodine.UpgradeRequest;
import io.iodine.Upgrader;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;

/**
 * One path of one {@code @UpgradeHandler} bean.
 *
 * @param beans where the bean is
 * @param beanName its name
 * @param pattern the path
 * @param protocols what may be upgraded here
 * @param policy its policy of accepting upgrades
 * @param adapter asked instead of the bean; null when the bean is asked itself
 */
public record UpgradeEndpoint(BeanFactory beans, String beanName, PathPattern pattern, Set<Protocol> protocols,
		UpgradePolicy policy, @Nullable Upgrader adapter) {

	private static final Pattern NAME = Pattern.compile("\\{(\\*?)\\w+}");

	/**
	 * Whether this endpoint serves a request.
	 * @param protocol what it asks for
	 * @param path its path within the application
	 * @return whether both match
	 */
	public boolean matches(Protocol protocol, PathContainer path) {
		return this.protocols.contains(protocol) && this.pattern.matches(path);
	}

	boolean conflictsWith(UpgradeEndpoint other) {
		return shape(this.pattern).equals(shape(other.pattern))
				&& this.protocols.stream().anyMatch(other.protocols::contains);
	}

	/**
	 * The pattern without the names of its variables, which make no difference to what it
	 * matches. One with regular expressions is left as it is.
	 */
	private static String shape(PathPattern pattern) {
		String text = pattern.getPatternString();
		return text.contains(":") ? text : NAME.matcher(text).replaceAll("{$1}");
	}

	/**
	 * Asks the bean, which is made now when it is lazy, or a prototype.
	 * @param request the request
	 * @return its answer
	 * @throws Exception what an {@link Upgrader} throws
	 */
	public Upgrade ask(UpgradeRequest request) throws Exception {
		if (this.adapter != null) {
			return answered(this.adapter.upgrade(request));
		}
		Object bean = this.beans.getBean(this.beanName);
		if (bean instanceof Upgrader upgrader) {
			return answered(upgrader.upgrade(request));
		}
		return Upgrade.accept((ConnectionHandler) bean);
	}

	private Upgrade answered(@Nullable Upgrade answer) {
		if (answer == null) {
			throw new IllegalStateException("the Upgrader '" + this.beanName + "' at " + this.pattern
					+ " answered null; to leave a request to the application, answer Upgrade.decline()");
		}
		return answer;
	}

}
