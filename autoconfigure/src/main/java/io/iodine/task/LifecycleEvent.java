package io.iodine.task;

/**
 * An application event: the application has come to a state. Heard by any
 * {@code @EventListener} method with a parameter of this type, on the thread that starts
 * or stops the application.
 *
 * @param state the state
 */
public record LifecycleEvent(LifecycleState state) {

}
