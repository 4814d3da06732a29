package io.iodine.process;

import java.util.function.IntConsumer;

/**
 * This process, as a worker of its own master.
 *
 * @param killed runs before it is killed
 * @param exited takes its exit code
 */
record ThisProcess(Runnable killed, IntConsumer exited) implements WorkerProcesses.Handle {

	@Override
	public long pid() {
		return ProcessHandle.current().pid();
	}

	@Override
	public void terminate() {
		this.exited.accept(143);
	}

	@Override
	public void kill() {
		this.killed.run();
		this.exited.accept(137);
	}

}
