package io.iodine.autoconfigure;

import java.lang.management.ManagementFactory;
import java.util.function.LongSupplier;

import com.sun.management.UnixOperatingSystemMXBean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests for {@link FreeDescriptors}. */
@EnabledOnOs({ OS.LINUX, OS.MAC })
class FreeDescriptorsTests {

	private final UnixOperatingSystemMXBean system = (UnixOperatingSystemMXBean) ManagementFactory
		.getOperatingSystemMXBean();

	@Test
	void theLimitIsThatOfTheManagementBean() {
		assertThat(FreeDescriptors.limit()).isEqualTo(this.system.getMaxFileDescriptorCount());
	}

	@Test
	void whatIsFreeIsTheLimitWithoutWhatIsOpen() {
		LongSupplier free = FreeDescriptors.ofProcess();

		long counted = free.getAsLong();

		// other threads open and close some meanwhile
		assertThat(counted).isBetween(
				this.system.getMaxFileDescriptorCount() - this.system.getOpenFileDescriptorCount() - 200,
				this.system.getMaxFileDescriptorCount() - 1);
	}

}
