package io.iodine.autoconfigure;

import io.iodine.edge.KeepAliveDrain;
import io.iodine.process.InheritedSockets;
import io.netty.channel.epoll.Epoll;
import reactor.netty.http.server.HttpServer;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.http.client.ReactorResourceFactory;

/**
 * Makes the server of a separate management port listen on an inherited socket.
 */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
@ConditionalOnBooleanProperty(name = "iodine.enabled", matchIfMissing = true)
@ConditionalOnClass({ Epoll.class, NettyReactiveWebServerFactory.class, HttpServer.class })
class IodineManagementSockets {

	@Bean
	InheritedServerSockets iodineInheritedManagementSockets(ObjectProvider<InheritedSockets> sockets,
			ObjectProvider<KeepAliveDrain> drain, ObjectProvider<ReactorResourceFactory> resources) {
		return new InheritedServerSockets(sockets, drain.getIfAvailable(KeepAliveDrain::new), resources);
	}

}
