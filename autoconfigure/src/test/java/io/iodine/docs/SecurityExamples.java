package io.iodine.docs;

import java.security.Principal;
import java.util.Optional;

import io.iodine.ChannelAuthorizer;
import io.iodine.Connection;
import io.iodine.UpgradeHandler;
import io.iodine.annotation.OnMessage;
import io.iodine.annotation.OnOpen;

import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.stereotype.Component;
import org.springframework.stereotype.Service;

/** The code of {@code docs/security.md}. */
final class SecurityExamples {

	private SecurityExamples() {
	}

	// tag::callbacks[]
	@UpgradeHandler("/accounts")
	static class Accounts {

		private final AccountService accounts;

		Accounts(AccountService accounts) {
			this.accounts = accounts;
		}

		@OnOpen
		void open(Connection client, @AuthenticationPrincipal UserDetails user) {
			client.subscribe("account:" + user.getUsername());
		}

		@OnMessage("account.close")
		void close(String account) {
			this.accounts.close(account);
		}

	}

	@Service
	static class AccountService {

		@PreAuthorize("hasRole('CLERK')")
		public void close(String account) {
			// only a clerk comes here
		}

	}
	// end::callbacks[]

	// tag::authorizer[]
	@Component
	static class Channels implements ChannelAuthorizer {

		@Override
		public boolean maySubscribe(Optional<Principal> user, String channel) {
			return channel.equals("news")
					|| user.filter((known) -> channel.equals("account:" + known.getName())).isPresent();
		}

		@Override
		public boolean mayPublish(Optional<Principal> user, String channel) {
			return false;
		}

	}
	// end::authorizer[]

}
