package io.iodine.servlet;

import java.io.IOException;
import java.util.List;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.connection.RawPeer;
import io.iodine.connection.TestServer;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.filter.ShallowEtagHeaderFilter;
import org.springframework.web.util.ContentCachingResponseWrapper;

import static org.assertj.core.api.Assertions.assertThat;

/** Asynchronous event streams behind the filters of an application. */
class EventStreamFilterTests {

	@Test
	void eventsPassFiltersThatKeepTheBody() {
		try (TestServer server = TestServer.start(List.of(Filters.class), "test.server=jetty");
				RawPeer peer = RawPeer.eventStream(server, server.serve(new Follower()))) {
			assertThat(peer.event()).isEqualTo("data: opened\n\n");

			server.pubSub().publish("news", "more");

			assertThat(peer.event()).isEqualTo("data: more\n\n");
		}
	}

	/** Subscribes. */
	private static final class Follower implements ConnectionHandler {

		@Override
		public void onOpen(Connection client) {
			client.subscribe("news");
			client.write("opened");
		}

	}

	/** Spring's filter, and one as applications write them to log bodies. */
	@Configuration(proxyBeanMethods = false)
	static class Filters {

		@Bean
		Filter entityTags() {
			return new ShallowEtagHeaderFilter();
		}

		@Bean
		Filter caching() {
			return new OncePerRequestFilter() {

				@Override
				protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response,
						FilterChain chain) throws IOException, ServletException {
					ContentCachingResponseWrapper cached = new ContentCachingResponseWrapper(response);
					chain.doFilter(request, cached);
					cached.copyBodyToResponse();
				}

			};
		}

	}

}
