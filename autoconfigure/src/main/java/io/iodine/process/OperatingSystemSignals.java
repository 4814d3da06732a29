package io.iodine.process;

import java.lang.reflect.Proxy;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Handles signals of the operating system. By reflection, because the compiler warns of
 * the JDK's only API for this.
 */
public final class OperatingSystemSignals {

	private static final Log logger = LogFactory.getLog(OperatingSystemSignals.class);

	private OperatingSystemSignals() {
	}

	/**
	 * Handles a signal from now on.
	 * @param name the name without SIG, such as USR1
	 * @param action called on a thread of its own for each signal
	 * @return false when the JVM does not receive the signal: with {@code -Xrs}, or when
	 * it was started with the signal ignored, as {@code nohup} does with HUP
	 */
	public static boolean handle(String name, Runnable action) {
		try {
			Class<?> signalType = Class.forName("sun.misc.Signal");
			Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
			Object signal = signalType.getConstructor(String.class).newInstance(name);
			Object handler = Proxy.newProxyInstance(handlerType.getClassLoader(), new Class<?>[] { handlerType },
					(proxy, method, args) -> switch (method.getName()) {
						case "handle" -> {
							action.run();
							yield null;
						}
						case "equals" -> proxy == args[0];
						case "hashCode" -> System.identityHashCode(proxy);
						default -> "handler of SIG" + name;
					});
			Object former = signalType.getMethod("handle", signalType, handlerType).invoke(null, signal, handler);
			return former != handlerType.getField("SIG_IGN").get(null);
		}
		catch (ReflectiveOperationException ex) {
			logger.debug("SIG" + name + " can't be handled", ex);
			return false;
		}
	}

}
