package io.iodine;

/**
 * An application event: a worker of {@code iodine.cluster.processes} has ended without
 * being asked to, and the master starts another in its place. Published in each worker
 * that serves; when none does, in the first that serves again.
 *
 * @param worker the number of the worker, from 1
 * @param generation the generation of the worker, from 1
 * @param pid the id of the process that has ended
 * @param status its exit status, 128 plus the signal when a signal has ended it
 * @param served whether it had been ready
 */
public record WorkerCrashEvent(int worker, int generation, long pid, int status, boolean served) {

}
