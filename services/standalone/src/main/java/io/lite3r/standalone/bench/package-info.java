/** Measurements across services, without broker and store. */
@NullMarked
package io.lite3r.standalone.bench;

import org.jspecify.annotations.NullMarked;
