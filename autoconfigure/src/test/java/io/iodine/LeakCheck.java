package io.iodine;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.iodine.servlet.OneWebServer;
import io.iodine.servlet.ReactiveUnlessAsked;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class after which a buffer was collected that nobody had released. The
 * build registers it for every class, and its {@link Detector} with Netty. Like
 * {@link ReactiveUnlessAsked} and {@link OneWebServer}, it is part of every test.
 */
public final class LeakCheck implements AfterAllCallback {

	// Lettuce forgets it when the event loop ends before the connection
	private static final String LETTUCE_READ_BUFFER = "io.lettuce.core.protocol.CommandHandler.channelRegistered";

	private static final Queue<String> LEAKS = new ConcurrentLinkedQueue<>();

	static {
		// tests of OpenSSL run in processes of their own
		if (System.getProperty("io.netty.handler.ssl.noOpenSsl") == null) {
			System.setProperty("io.netty.handler.ssl.noOpenSsl", "true");
		}
		// a busy machine is no failure
		Awaitility.setDefaultTimeout(Duration.ofSeconds(30));
	}

	@Override
	public void afterAll(ExtensionContext context) throws InterruptedException {
		List<String> leaks = leaks();
		if (!leaks.isEmpty()) {
			throw new AssertionError("Buffers were not released:\n" + String.join("\n", leaks));
		}
	}

	static List<String> leaks() throws InterruptedException {
		collectGarbage();
		// what one collection found is enqueued in no order, but before what the next one
		// finds
		collectGarbage();
		// the detector looks for collected buffers when the next one is allocated
		ByteBufAllocator.DEFAULT.heapBuffer(1).release();
		List<String> leaks = new ArrayList<>(LEAKS);
		LEAKS.clear();
		return leaks;
	}

	private static void collectGarbage() throws InterruptedException {
		ReferenceQueue<Object> collected = new ReferenceQueue<>();
		WeakReference<Object> canary = new WeakReference<>(new Object(), collected);
		System.gc();
		if (collected.remove(60_000) != canary) {
			throw new IllegalStateException("No garbage was collected");
		}
	}

	/** Remembers what Netty's own detector logs. */
	public static final class Detector<T> extends ResourceLeakDetector<T> {

		public Detector(Class<?> type, int samplingInterval) {
			super(type, samplingInterval);
		}

		// the form that Netty looks for first, and complains about when it is missing
		public Detector(Class<?> type, int samplingInterval, long maxActive) {
			this(type, samplingInterval);
		}

		@Override
		protected void reportTracedLeak(String resourceType, String records) {
			if (!records.contains(LETTUCE_READ_BUFFER)) {
				LEAKS.add(resourceType + records);
			}
		}

		@Override
		protected void reportUntracedLeak(String resourceType) {
			LEAKS.add(resourceType);
		}

	}

}
