/**
 * People in a room, by WebSocket; more who follow, by server-sent events.
 */
@NullMarked
package io.iodine.samples.chat;

import org.jspecify.annotations.NullMarked;
