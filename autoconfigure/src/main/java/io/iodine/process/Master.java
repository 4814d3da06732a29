package io.iodine.process;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The master process: owns the listening sockets, supervises the workers and relays
 * between them. All that changes happens on one event loop.
 */
public final class Master implements ClusterListener, AutoCloseable {

	private static final Log logger = LogFactory.getLog(Master.class);

	private static final Duration COMPILATION = Duration.ofSeconds(5);

	private static final int TERMINATED = 128 + 15;

	private static final int INTERRUPTED = 128 + 2;

	private final IoEventLoopGroup group;

	private final EventLoop loop;

	private final ControlDirectory directory;

	private final ListeningSockets sockets;

	private final Cluster cluster;

	private final ControlServer control;

	private final Relay relay;

	private final SystemdNotifier systemd;

	private final CompletableFuture<Integer> finished = new CompletableFuture<>();

	private Master(ClusterSettings settings, JavaCommand command, WorkerProcesses processes, Relay relay)
			throws IOException {
		this.directory = ControlDirectory.create(settings.directory());
		this.relay = relay;
		this.systemd = SystemdNotifier.ofThisProcess();
		this.group = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("iodine-master", false),
				EpollIoHandler.newFactory());
		this.loop = this.group.next();
		this.sockets = new ListeningSockets(this.loop, SystemdSockets.ofThisProcess());
		this.cluster = new Cluster(settings, command, processes, this.directory.control(), this.loop, this);
		this.control = new ControlServer(settings, this.directory, this.loop, this.cluster, this.sockets, relay);
	}

	/**
	 * Why this machine can't hand sockets over.
	 * @return the reason; null when it can
	 */
	public static @Nullable Throwable unavailabilityCause() {
		return Epoll.unavailabilityCause();
	}

	/**
	 * Starts the workers as copies of this process.
	 * @param settings the settings
	 * @param relay gets what workers say for pub/sub
	 * @param reopenAction opens the log files of this process anew
	 * @return the master, which goes on by itself
	 * @throws IOException when the control socket can't be made
	 */
	public static Master start(ClusterSettings settings, Relay relay, Runnable reopenAction) throws IOException {
		JavaCommand command = JavaCommand.ofThisProcess();
		if (command.isDebugged()) {
			logger.info("The debugger stays with the master: workers are started without it");
		}
		Master master = start(settings, command, WorkerProcesses.ofTheOperatingSystem(), relay);
		master.handleSignals(reopenAction);
		long pid = ProcessHandle.current().pid();
		logger.info("Process " + pid + " is the master of " + settings.processes() + " workers. kill -USR1 " + pid
				+ " restarts them from the code now on disk, and kill " + pid + " stops all");
		return master;
	}

	static Master start(ClusterSettings settings, JavaCommand command, WorkerProcesses processes, Relay relay)
			throws IOException {
		Master master = new Master(settings, command, processes, relay);
		master.control.bind().syncUninterruptibly();
		master.loop.execute(master.cluster::start);
		return master;
	}

	private void handleSignals(Runnable reopenAction) {
		on("TERM", () -> stop(TERMINATED));
		on("INT", () -> stop(INTERRUPTED));
		on("USR1", this::restart);
		on("HUP", () -> {
			reopenAction.run();
			reopen();
		});
	}

	private void on(String signal, Runnable action) {
		if (!OperatingSystemSignals.handle(signal, () -> {
			logger.info("SIG" + signal);
			action.run();
		})) {
			logger.warn("SIG" + signal + " can't be handled: has the JVM been started with -Xrs or nohup?");
		}
	}

	/** Restarts all workers, one at a time; once more when a restart is going on. */
	public void restart() {
		this.loop.execute(this.cluster::restart);
	}

	/** Has all workers open their log files anew. */
	public void reopen() {
		this.loop.execute(this.cluster::reopen);
	}

	/**
	 * Stops all workers.
	 * @param exitStatus what {@link #await} returns
	 */
	public void stop(int exitStatus) {
		if (this.finished.isDone()) {
			return;
		}
		this.systemd.stopping();
		this.loop.execute(() -> this.cluster.stop(exitStatus));
	}

	/**
	 * Waits for the end.
	 * @return the status with which the process should exit
	 */
	public int await() {
		return this.finished.join();
	}

	@Override
	public void starting() throws IOException {
		this.control.restore();
	}

	@Override
	public void complete() {
		this.systemd.ready();
		// what the start has left would stay resident as long as this process
		returnFreeMemory(true);
	}

	@Override
	public void restarted() {
		returnFreeMemory(false);
	}

	/** When the JIT compilers have done what they were asked for meanwhile. */
	private void returnFreeMemory(boolean collect) {
		ScheduledFuture<?> unused = this.loop.schedule(() -> FreeMemory.returnLater(collect), COMPILATION.toNanos(),
				TimeUnit.NANOSECONDS);
	}

	@Override
	public void left(Worker worker) {
		this.relay.left(worker);
	}

	@Override
	public void finished(int status) {
		this.sockets.close();
		this.finished.complete(status);
	}

	/** Gives back what {@link #start} took, after {@link #await}. */
	@Override
	public void close() {
		this.control.close();
		this.directory.remove();
		this.group.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
	}

}
