package io.iodine.autoconfigure;

import io.iodine.connection.TestServer;
import org.junit.jupiter.api.Test;

/** Proves that paths which clients choose make no meters. */
class MeterCardinalityProof {

	@Test
	void tenThousandPathsMakeNoNewMeter() {
		try (TestServer server = TestServer.start("management.metrics.use-global-registry=false")) {
			IodineMetricsAutoConfigurationTests.assertNoNewMeter(server, 10_000);
		}
	}

}
