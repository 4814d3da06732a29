package io.iodine.process;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import io.iodine.WorkerCrashEvent;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.DefaultThreadFactory;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * A worker's end of the control socket: gets listening sockets, says that it is ready,
 * and is told to stop. When the master is gone it stops as well.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write or close ends the channel
public final class WorkerProcess implements RelayLink, AutoCloseable {

	private static final Log logger = LogFactory.getLog(WorkerProcess.class);

	private static final Duration SOCKET_TIMEOUT = Duration.ofSeconds(30);

	private final WorkerIdentity identity;

	private final ClusterSettings settings;

	private final IoEventLoopGroup group;

	private final Channel channel;

	private final SendBuffer outgoing;

	private final Map<String, CompletableFuture<FileDescriptor>> awaited = new ConcurrentHashMap<>();

	private final AtomicBoolean stopping = new AtomicBoolean();

	private volatile boolean closed;

	private volatile Runnable stopAction;

	private volatile Runnable reopenAction = () -> logger.debug("No log file is open yet");

	private volatile Consumer<WorkerCrashEvent> crashed = (crash) -> logger.debug(crash + " has no listener yet");

	private volatile Consumer<ByteBuf> relayed = (body) -> logger.debug("The relay has no listener yet");

	private volatile List<WorkerStatus> workers = List.of();

	private WorkerProcess(WorkerIdentity identity, ClusterSettings settings, Runnable stopAction) {
		this.identity = identity;
		this.settings = settings;
		this.stopAction = stopAction;
		this.group = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("iodine-control", true),
				EpollIoHandler.newFactory());
		this.channel = new Bootstrap().group(this.group)
			.channel(EpollDomainSocketChannel.class)
			.option(ChannelOption.WRITE_BUFFER_WATER_MARK, Frame.WATER_MARK)
			.handler(new ChannelInitializer<>() {

				@Override
				protected void initChannel(Channel control) {
					control.pipeline().addLast(new Instructions(settings.maxMessageBytes()));
				}

			})
			.connect(address(identity))
			.syncUninterruptibly()
			.channel();
		this.outgoing = new SendBuffer(this.channel, settings.maxRelayPending(), settings.maxMessageBytes());
		tell(Frame.of(FrameType.CONTROL, Unpooled.copyInt(Frame.VERSION)));
	}

	/**
	 * Connects to the master.
	 * @param identity who this process is
	 * @param settings the settings
	 * @param stopAction ends the process
	 * @return the connection, which lasts as long as the process
	 * @throws IOException when the master is gone
	 */
	public static WorkerProcess connect(WorkerIdentity identity, ClusterSettings settings, Runnable stopAction)
			throws IOException {
		try {
			return new WorkerProcess(identity, settings, stopAction);
		}
		catch (Exception ex) {
			ControlDirectory.removeStale(identity);
			throw new IOException("Worker " + identity.number() + " can't connect to its master, process "
					+ identity.master() + ", by " + identity.control() + ": " + ex, ex);
		}
	}

	private static DomainSocketAddress address(WorkerIdentity identity) {
		return new DomainSocketAddress(identity.control().toString());
	}

	/**
	 * Who this process is.
	 * @return the identity
	 */
	public WorkerIdentity identity() {
		return this.identity;
	}

	/**
	 * The workers of the cluster, as the master last said.
	 * @return a snapshot
	 */
	public List<WorkerStatus> workers() {
		return this.workers;
	}

	/**
	 * Decides how this process ends from now on.
	 * @param action drains and exits; called once, on a thread of its own
	 */
	public void onStop(Runnable action) {
		this.stopAction = action;
	}

	/**
	 * Decides what SIGHUP does.
	 * @param action opens log files anew; must not block for long
	 */
	public void onReopen(Runnable action) {
		this.reopenAction = action;
	}

	/**
	 * Takes the crashes of workers from now on.
	 * @param listener called on the thread of the control channel, must not block
	 */
	public void onCrash(Consumer<WorkerCrashEvent> listener) {
		this.crashed = listener;
	}

	@Override
	public void onFrame(Consumer<ByteBuf> receiver) {
		this.relayed = receiver;
	}

	@Override
	public boolean send(int size, Consumer<ByteBuf> body) {
		return this.outgoing.offer(FrameType.RELAY, size, body);
	}

	/** Says that this worker serves, so that its predecessor may go. */
	public void ready() {
		tell(Frame.of(FrameType.READY));
	}

	/** Asks for a restart of all workers, one at a time. */
	public void restartAll() {
		restart(0);
	}

	/**
	 * Asks for a restart of one worker.
	 * @param number its number
	 */
	public void restart(int number) {
		tell(Frame.of(FrameType.RESTART, Unpooled.copyInt(number)));
	}

	/** Leaves the master, while this process goes on. */
	@Override
	public void close() {
		if (this.group.isShuttingDown()) {
			return;
		}
		this.closed = true;
		this.channel.close().syncUninterruptibly();
		this.group.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
	}

	private void tell(ByteBuf frame) {
		if (!this.outgoing.offerControl(frame)) {
			logger.debug("The master is gone");
		}
	}

	/**
	 * Gets a listening socket from the master, which opens it when no worker has asked
	 * for it before. Blocks until it is there.
	 * @param address where it listens
	 * @param ordinal counts the sockets of this process at this address, from 1
	 * @return the socket, owned by the caller, non-blocking
	 * @throws IOException when there is none
	 */
	FileDescriptor takeSocket(SocketAddress address, int ordinal) throws IOException {
		String name = new ListenAddress(address, ordinal).format();
		CompletableFuture<FileDescriptor> answer = new CompletableFuture<>();
		this.awaited.put(name, answer);
		Channel handover = SocketHandover.request(this.group, address(this.identity), name, answer);
		try {
			return answer.get(SOCKET_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (ExecutionException ex) {
			throw new IOException(String.valueOf(ex.getCause()), ex);
		}
		catch (TimeoutException ex) {
			throw new IOException("the master has not answered in " + SOCKET_TIMEOUT.toSeconds() + " s", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IOException("interrupted while waiting for a socket", ex);
		}
		finally {
			this.awaited.remove(name);
			handover.close();
		}
	}

	private void refused(SocketRefusal refusal) {
		CompletableFuture<FileDescriptor> waiting = this.awaited.get(refusal.address());
		if (waiting != null) {
			waiting.completeExceptionally(new IOException(refusal.reason()));
		}
	}

	private void stop() {
		if (this.stopping.compareAndSet(false, true)) {
			Thread thread = new Thread(this.stopAction, "iodine-stop");
			thread.setDaemon(false);
			thread.start();
		}
	}

	private void masterIsGone() {
		logger.error("The master is gone: worker " + this.identity.number() + " stops");
		// the master may have closed the channel of this worker only
		ControlDirectory.removeStale(this.identity);
		// no process is left to kill a worker that doesn't stop
		this.group.schedule(() -> Runtime.getRuntime().halt(1), this.settings.stopTimeout().toNanos(),
				TimeUnit.NANOSECONDS);
		stop();
	}

	private static List<WorkerStatus> parseState(String state) {
		return state.isEmpty() ? List.of() : state.lines().map(WorkerStatus::parse).toList();
	}

	private static WorkerCrashEvent parseCrash(String crash) {
		String[] words = crash.split(" ", -1);
		return new WorkerCrashEvent(Integer.parseInt(words[0]), Integer.parseInt(words[1]), Long.parseLong(words[2]),
				Integer.parseInt(words[3]), Boolean.parseBoolean(words[4]));
	}

	/** What the master says. */
	private final class Instructions extends ControlFrameReader {

		Instructions(int maxBody) {
			super(maxBody);
		}

		@Override
		void received(ChannelHandlerContext ctx, FrameType type, ByteBuf frame) {
			switch (type) {
				case PING -> tell(Frame.of(FrameType.PONG));
				case STOP -> stop();
				case REOPEN -> WorkerProcess.this.reopenAction.run();
				case SOCKET_REFUSED -> refused(SocketRefusal.parse(frame.toString(StandardCharsets.UTF_8)));
				case STATE -> WorkerProcess.this.workers = parseState(frame.toString(StandardCharsets.UTF_8));
				case RELAY -> WorkerProcess.this.relayed.accept(frame);
				case CRASH -> WorkerProcess.this.crashed.accept(parseCrash(frame.toString(StandardCharsets.UTF_8)));
				default -> throw new IllegalStateException("the master must not send " + type);
			}
		}

		@Override
		public void channelWritabilityChanged(ChannelHandlerContext ctx) {
			WorkerProcess.this.outgoing.drain();
		}

		@Override
		public void channelInactive(ChannelHandlerContext ctx) {
			WorkerProcess.this.outgoing.drain();
			if (!WorkerProcess.this.closed) {
				masterIsGone();
			}
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
			logger.error("A frame of the master could not be handled", failure);
		}

	}

}
