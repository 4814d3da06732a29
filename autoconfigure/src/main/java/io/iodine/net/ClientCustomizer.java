package io.iodine.net;

/**
 * Changes the options of clients that stay connected: a bean that is called before each
 * attempt to connect, for instance to send a bearer token that is still valid. Several
 * are called in their order.
 */
@FunctionalInterface
public interface ClientCustomizer {

	/**
	 * Changes the options of one attempt. May block.
	 * @param name the name of the client
	 * @param options the options by annotation, properties and earlier customizers
	 * @return the options to connect with
	 * @throws Exception to make the attempt fail; the client waits and tries again
	 */
	ClientOptions customize(String name, ClientOptions options) throws Exception;

}
