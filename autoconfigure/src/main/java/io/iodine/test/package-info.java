/**
 * The test kit for applications: connections and upgrade requests without a server, and a
 * blocking client for a running one. For test code; depends on the root package only.
 */
@NullMarked
package io.iodine.test;

import org.jspecify.annotations.NullMarked;
