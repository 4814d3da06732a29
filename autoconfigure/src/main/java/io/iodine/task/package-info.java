/**
 * What an application sees of timers, tasks and the states of its life. Nothing here
 * knows a thread or a server.
 */
@NullMarked
package io.iodine.task;

import org.jspecify.annotations.NullMarked;
