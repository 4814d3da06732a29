package io.iodine;

/**
 * A channel, or a pattern, that has subscribers in this process.
 *
 * @param name the channel, or the pattern
 * @param pattern whether it is a pattern
 * @param subscribers how many subscribers it has: connections and listeners
 */
public record ChannelInfo(String name, boolean pattern, int subscribers) {
}
