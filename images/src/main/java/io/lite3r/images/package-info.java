/**
 * Container images of the services, assembled layer by layer; no engine and no daemon is needed.
 */
@NullMarked
package io.lite3r.images;

import org.jspecify.annotations.NullMarked;
