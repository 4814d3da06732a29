package io.iodine.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.stream.StreamSupport;

import io.iodine.http.UpgradeMapping;
import io.netty.channel.EventLoopGroup;
import reactor.netty.resources.LoopResources;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationContext;
import org.springframework.http.client.ReactorResourceFactory;

/**
 * What Reactor Netty works with.
 *
 * @param context the application
 * @param properties its properties
 * @param mappings know the paths
 */
record ReactiveStack(ApplicationContext context, IodineProperties properties,
		ObjectProvider<UpgradeMapping> mappings) implements StartReport.Stack {

	@Override
	public String loops() {
		LoopResources resources = this.context.getBean(ReactorResourceFactory.class).getLoopResources();
		EventLoopGroup loops = resources.onServer(LoopResources.DEFAULT_NATIVE);
		return TransportLoops.name(resources) + ", " + StreamSupport.stream(loops.spliterator(), false).count()
				+ " workers";
	}

	@Override
	public Duration keepAlive() {
		return Binder.get(this.context.getEnvironment())
			.bind("server.netty.idle-timeout", Duration.class)
			.orElseGet(this.properties::timeout);
	}

	@Override
	public List<String> paths() {
		return this.mappings.stream().flatMap((mapping) -> mapping.routes().paths().stream()).toList();
	}

}
