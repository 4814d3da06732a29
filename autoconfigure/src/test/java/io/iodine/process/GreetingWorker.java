package io.iodine.process;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;

/**
 * A worker without Spring: it tells its number, generation and process id to each that
 * connects. It fails to start when its second argument names a file that exists.
 */
final class GreetingWorker {

	private GreetingWorker() {
	}

	public static void main(String[] args) throws Exception {
		WorkerIdentity identity = WorkerIdentity.ofThisProcess().orElseThrow();
		WorkerProcess worker = WorkerProcess.connect(identity, MasterTests.SETTINGS, () -> System.exit(0));
		if (Files.exists(Path.of(args[1]))) {
			System.exit(3);
		}
		SocketsOfMaster sockets = new SocketsOfMaster(worker);
		InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
		ServerChannel channel = sockets.take(address);
		String greeting = identity.number() + " " + identity.generation() + " " + ProcessHandle.current().pid() + "\n";
		new ServerBootstrap().group(new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory()))
			.channelFactory(() -> channel)
			.childHandler(new Greeting(greeting))
			.bind(address)
			.sync();
		worker.onStop(() -> {
			sockets.stopAccepting();
			awaitAcceptedConnections();
			System.exit(0);
		});
		sockets.accept();
		worker.ready();
		Thread.currentThread().join();
	}

	private static void awaitAcceptedConnections() {
		try {
			Thread.sleep(300);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** Greets and closes. */
	@Sharable
	private static final class Greeting extends ChannelInboundHandlerAdapter {

		private final String greeting;

		Greeting(String greeting) {
			this.greeting = greeting;
		}

		@Override
		public void channelActive(ChannelHandlerContext ctx) {
			ctx.writeAndFlush(Unpooled.copiedBuffer(this.greeting, StandardCharsets.US_ASCII))
				.addListener(ChannelFutureListener.CLOSE);
		}

	}

}
