package io.iodine.autoconfigure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import javax.net.ssl.SSLException;

import io.iodine.edge.RenegotiationGuard;
import io.iodine.net.Listener;
import io.iodine.socket.TlsContexts;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SniHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.util.DomainWildcardMappingBuilder;
import io.netty.util.Mapping;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;

import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/**
 * The TLS of sockets by Boot's SSL bundles. What is reloaded there counts for the next
 * connection. Netty takes OpenSSL when netty-tcnative is on the class path.
 */
final class SocketTls implements TlsContexts {

	private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

	/** With forward secrecy and authenticated encryption only. */
	private static final List<String> CIPHERS = List.of("TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256",
			"TLS_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
			"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
			"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
			"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

	private final @Nullable SslBundles bundles;

	private final TlsProperties defaults;

	private final TlsKeyLog keyLog;

	/** By the names of their bundles; the JDK's own has none. */
	private final ConcurrentMap<String, SslContext> clients = new ConcurrentHashMap<>();

	SocketTls(@Nullable SslBundles bundles, TlsProperties defaults, TlsKeyLog keyLog) {
		this.bundles = bundles;
		this.defaults = defaults;
		this.keyLog = keyLog;
	}

	@Override
	public Server server(Listener listener) {
		Reloading main = new Reloading(listener);
		listener.tlsBundle()
			.or(() -> Optional.ofNullable(this.defaults.bundle()))
			.ifPresentOrElse(main::follow, () -> main.use(ownKeys()));
		Duration timeout = listener.handshakeTimeout();
		if (listener.sni().isEmpty()) {
			return (channel) -> install(channel, handler(main.context(), channel.alloc(), timeout));
		}
		Map<String, Reloading> named = new LinkedHashMap<>();
		listener.sni()
			.forEach((host, bundle) -> named.computeIfAbsent(host, (key) -> new Reloading(listener)).follow(bundle));
		DomainWildcardMappingBuilder<Reloading> hosts = new DomainWildcardMappingBuilder<>(main);
		named.forEach(hosts::add);
		Mapping<String, Reloading> chosen = hosts.build();
		return (channel) -> install(channel, new Sni((host) -> chosen.map(host).context(), timeout));
	}

	@Override
	public Client client(Optional<String> bundle) {
		SslContext context = this.clients.computeIfAbsent(bundle.orElse(""), this::clientContext);
		return (channel, host, port) -> context.newHandler(channel.alloc(), host, port);
	}

	private SslContext clientContext(String name) {
		try {
			if (name.isEmpty()) {
				return this.keyLog.of(SslContextBuilder.forClient().protocols(PROTOCOLS).build());
			}
			SslBundle bundle = bundle(name);
			all().addBundleUpdateHandler(name, (updated) -> this.clients.remove(name));
			return complete(SslContextBuilder.forClient()
				.keyManager(bundle.getManagers().getKeyManagerFactory())
				.trustManager(bundle.getManagers().getTrustManagerFactory()), bundle, List.of());
		}
		catch (SSLException ex) {
			throw new IllegalArgumentException(
					"the keys of the SSL bundle " + name + " can't be used: " + ex.getMessage(), ex);
		}
	}

	private SslBundles all() {
		SslBundles all = this.bundles;
		if (all == null) {
			throw new IllegalArgumentException("there are no SSL bundles");
		}
		return all;
	}

	private SslBundle bundle(String name) {
		try {
			return all().getBundle(name);
		}
		catch (NoSuchSslBundleException ex) {
			throw new IllegalArgumentException("there is no SSL bundle named " + name + " (spring.ssl.bundle)", ex);
		}
	}

	private SslBundle ownKeys() {
		boolean described = this.defaults.bringsKeys();
		return new TlsKeys(described ? this.defaults : new TlsProperties(true, null, null, null, null, null),
				"iodine.tls")
			.bundle();
	}

	private static void install(Channel channel, ChannelHandler handler) {
		channel.pipeline().addLast(NettyPipeline.SslHandler, handler);
		RenegotiationGuard.install(channel);
	}

	private static SslHandler handler(SslContext context, ByteBufAllocator allocator, Duration timeout) {
		SslHandler handler = context.newHandler(allocator);
		handler.setHandshakeTimeoutMillis(timeout.toMillis());
		return handler;
	}

	private SslContext serverContext(SslBundle bundle, Listener listener) {
		try {
			SslContextBuilder builder = SslContextBuilder.forServer(bundle.getManagers().getKeyManagerFactory())
				.trustManager(bundle.getManagers().getTrustManagerFactory())
				.clientAuth(listener.isClientCertificate() ? ClientAuth.REQUIRE : ClientAuth.NONE);
			return complete(builder, bundle, listener.alpn());
		}
		catch (SSLException ex) {
			throw new IllegalArgumentException("the keys of its SSL bundle can't be used: " + ex.getMessage(), ex);
		}
	}

	private SslContext complete(SslContextBuilder builder, SslBundle bundle, List<String> alpn) throws SSLException {
		String[] protocols = bundle.getOptions().getEnabledProtocols();
		String[] ciphers = bundle.getOptions().getCiphers();
		builder.protocols((protocols != null) ? List.of(protocols) : PROTOCOLS)
			.ciphers((ciphers != null) ? List.of(ciphers) : CIPHERS, SupportedCipherSuiteFilter.INSTANCE);
		if (!alpn.isEmpty()) {
			builder.applicationProtocolConfig(new ApplicationProtocolConfig(ApplicationProtocolConfig.Protocol.ALPN,
					ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
					ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT, alpn));
		}
		return this.keyLog.of(builder.build());
	}

	/** The context of a bundle, made anew when the bundle is updated. */
	private final class Reloading {

		private final Listener listener;

		private volatile @Nullable SslContext current;

		Reloading(Listener listener) {
			this.listener = listener;
		}

		void follow(String name) {
			use(bundle(name));
			all().addBundleUpdateHandler(name, this::use);
		}

		void use(SslBundle bundle) {
			this.current = serverContext(bundle, this.listener);
		}

		SslContext context() {
			return Objects.requireNonNull(this.current);
		}

	}

	/** Picks the certificate by the name that the client asks for. */
	private static final class Sni extends SniHandler {

		private final Duration timeout;

		Sni(Mapping<String, SslContext> contexts, Duration timeout) {
			super(contexts, 0, timeout.toMillis());
			this.timeout = timeout;
		}

		@Override
		protected SslHandler newSslHandler(SslContext context, ByteBufAllocator allocator) {
			return handler(context, allocator, this.timeout);
		}

	}

}
