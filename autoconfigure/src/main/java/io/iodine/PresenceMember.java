package io.iodine;

import java.util.Optional;

/**
 * A member of a channel.
 *
 * @param name the name that the application chose
 * @param data what it joined with, JSON; empty when it joined with a name only
 */
public record PresenceMember(String name, Optional<Message> data) {
}
