/** Tests of finding files and answering for them. */
@NullMarked
package io.iodine.file;

import org.jspecify.annotations.NullMarked;
