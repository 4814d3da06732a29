@NullMarked
package io.iodine.pubsub.redis;

import org.jspecify.annotations.NullMarked;
