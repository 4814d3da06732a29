package io.iodine.autoconfigure;

import java.util.List;
import java.util.Map;

import io.iodine.WorkerInfo;
import io.iodine.process.WorkerProcess;
import io.iodine.process.WorkerStatus;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/** Lists the workers of the cluster, and restarts them. */
@Endpoint(id = "cluster", defaultAccess = Access.NONE)
final class ClusterEndpoint {

	private final WorkerInfo info;

	private final WorkerProcess worker;

	ClusterEndpoint(WorkerInfo info, WorkerProcess worker) {
		this.info = info;
		this.worker = worker;
	}

	/** The workers as the master last told, and which of them answers. */
	@ReadOperation
	Cluster cluster() {
		return new Cluster(this.info.worker(), this.worker.identity().master(), this.worker.workers());
	}

	/** Restarts all workers, one at a time. */
	@WriteOperation
	Map<String, String> restart() {
		this.worker.restartAll();
		return Map.of("restarting", "all");
	}

	/** Restarts one worker; a number that none has is a bad request. */
	@WriteOperation
	Map<String, String> restart(@Selector int number) {
		if (number < 1 || number > this.info.processes()) {
			throw new InvalidEndpointRequestException("there is no worker " + number,
					"the workers are 1 to " + this.info.processes());
		}
		this.worker.restart(number);
		return Map.of("restarting", String.valueOf(number));
	}

	/**
	 * What the operation answers.
	 *
	 * @param answeredBy the number of the worker that answers
	 * @param master the process id of the master
	 * @param workers all workers
	 */
	record Cluster(int answeredBy, long master, List<WorkerStatus> workers) {
	}

}
