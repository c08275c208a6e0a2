/**
 * Everything of fusion that talks: channels, the object store, records, configuration, measuring.
 */
@NullMarked
package io.lite3r.fusion.edge;

import org.jspecify.annotations.NullMarked;
