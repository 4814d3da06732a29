package io.iodine.pubsub.redis;

import java.time.Duration;

import io.iodine.connection.SilentProxy;
import io.iodine.pubsub.HistorySettings;
import io.lettuce.core.RedisURI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

import static org.assertj.core.api.Assertions.assertThat;

@EnabledIf("io.iodine.pubsub.redis.RedisServer#isInstalled")
class RedisFailoverTests {

	@Test
	void aMasterThatIsKilledHandsItsSubscribersToTheReplica() throws Exception {
		try (RedisSentinel sentinel = RedisSentinel.start(); RedisNode node = node(sentinel.uri())) {
			node.subscribe("chat");

			sentinel.master().kill();
			awaitReplica(node, sentinel);
			node.pubSub.publish("chat", "at the replica");

			assertThat(node.next()).isEqualTo("chat at the replica");
		}
	}

	@Test
	void aMasterThatIsFrozenHandsItsSubscribersToTheReplicaAndStaysForgottenWhenItThaws() throws Exception {
		try (RedisSentinel sentinel = RedisSentinel.start(); RedisNode node = node(sentinel.uri())) {
			node.subscribe("chat");

			sentinel.master().freeze();
			awaitReplica(node, sentinel);
			sentinel.master().thaw();
			RedisNode.awaitTrue("the former master follows",
					() -> sentinel.master().cli("INFO", "replication").contains("role:slave"));
			node.awaitUp();
			node.pubSub.publish("chat", "at the replica");

			assertThat(node.next()).isEqualTo("chat at the replica");
		}
	}

	@Test
	void aNetworkThatFallsSilentIsAGapAndHeals() throws Exception {
		try (RedisServer redis = RedisServer.start();
				SilentProxy proxy = new SilentProxy(redis.port());
				RedisNode node = node(RedisURI.create("127.0.0.1", proxy.port()))) {
			node.subscribe("chat");

			proxy.silence();
			node.awaitDown();
			node.pubSub.publish("chat", "alone");
			String alone = node.next();
			proxy.heal();
			node.awaitUp();
			redis.cli("PUBLISH", "chat", "from elsewhere");

			assertThat(alone).isEqualTo("chat alone");
			assertThat(node.next()).isEqualTo("chat from elsewhere");
			assertThat(node.gaps).hasSize(1);
		}
	}

	private static void awaitReplica(RedisNode node, RedisSentinel sentinel) {
		RedisNode.awaitTrue("the replica is master",
				() -> sentinel.replica().cli("INFO", "replication").contains("role:master"));
		RedisNode.awaitTrue("the node is there",
				() -> node.engine.status().up() && sentinel.replica().cli("PUBSUB", "CHANNELS", "chat").equals("chat"));
	}

	private static RedisNode node(RedisURI uri) {
		RedisSettings settings = new RedisSettings("", OutagePolicy.LOCAL, 65_536, 64 << 20, Duration.ofSeconds(1), 0);
		RedisNode node = new RedisNode(uri, settings, HistorySettings.NONE);
		node.awaitUp();
		return node;
	}

}
