package io.iodine.pubsub;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.iodine.Presence;
import io.iodine.Subscription;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class PresenceTests {

	@AutoClose
	private final ChannelPubSub pubSub = new ChannelPubSub(new PubSubLimits(20, 1024), HistorySettings.NONE,
			new PresenceSettings(Duration.ofSeconds(30), Duration.ofMillis(300), 3), Runnable::run,
			(value) -> new byte[0], PubSubObserver.NONE);

	private final Presence presence = this.pubSub.presence("chat");

	private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

	@Test
	void aMemberIsThereOnceHoweverOftenItJoined() throws Exception {
		Subscription once = this.presence.join("Ada");
		Subscription again = this.presence.join("Ada");
		this.presence.join("Grace");
		once.close();
		once.close();
		Set<String> both = members();
		again.close();

		assertThat(both).containsExactlyInAnyOrder("Ada", "Grace");
		assertThat(members()).containsExactly("Grace");
		assertThat(this.pubSub.presence("news").members().toCompletableFuture().get()).isEmpty();
	}

	@Test
	void aListenerHearsWhoIsThereThenWhoJoinsAndLeaves() throws Exception {
		this.presence.join("Ada");

		listen();
		String first = next();
		Subscription grace = this.presence.join("Grace");
		String second = next();
		grace.close();

		assertThat(first).isEqualTo("chat Ada true");
		assertThat(second).isEqualTo("chat Grace true");
		assertThat(next()).isEqualTo("chat Grace false");
	}

	@Test
	void whoIsBackAtOnceHasNotLeft() throws Exception {
		listen();
		Subscription ada = this.presence.join("Ada");
		String joined = next();

		ada.close();
		this.presence.join("Ada");
		Subscription witness = this.presence.join("Grace");
		String grace = next();
		witness.close();

		assertThat(joined).isEqualTo("chat Ada true");
		assertThat(grace).isEqualTo("chat Grace true");
		assertThat(next()).isEqualTo("chat Grace false");
	}

	@Test
	void aListenerThatEndedHearsNothing() throws Exception {
		Subscription ended = this.presence
			.listen((channel, member, present) -> this.heard.add("ended " + member + present));
		ended.close();
		listen();

		this.presence.join("Ada");

		assertThat(next()).isEqualTo("chat Ada true");
		assertThat(this.heard).isEmpty();
	}

	@Test
	void anExceptionOfAListenerIsContained() throws Exception {
		this.presence.listen((channel, member, present) -> {
			throw new IllegalStateException("meant to be");
		});
		listen();

		this.presence.join("Ada");

		assertThat(next()).isEqualTo("chat Ada true");
	}

	@Test
	void membersAreBoundedInNumberAndLength() {
		this.presence.join("1");
		this.presence.join("2");
		Subscription third = this.pubSub.presence("news").join("3");

		assertThatIllegalStateException().isThrownBy(() -> this.presence.join("4"))
			.withMessageContaining("iodine.pubsub.presence.max-members");
		assertThatIllegalArgumentException().isThrownBy(() -> this.presence.join("x".repeat(21)))
			.withMessageContaining("21");
		third.close();
		this.presence.join("4");
	}

	@Test
	void nobodyJoinsOrListensWhenTheContextIsClosed() {
		this.pubSub.close();

		assertThatIllegalStateException().isThrownBy(() -> this.presence.join("Ada"));
		assertThatIllegalStateException().isThrownBy(() -> this.presence.listen((channel, member, present) -> {
		}));
	}

	private void listen() {
		this.presence.listen((channel, member, present) -> this.heard.add(channel + " " + member + " " + present));
	}

	private String next() throws InterruptedException {
		return String.valueOf(this.heard.poll(20, TimeUnit.SECONDS));
	}

	private Set<String> members() throws Exception {
		return this.presence.members().toCompletableFuture().get(20, TimeUnit.SECONDS);
	}

}
