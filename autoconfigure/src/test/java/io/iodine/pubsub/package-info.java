@NullMarked
package io.iodine.pubsub;

import org.jspecify.annotations.NullMarked;
