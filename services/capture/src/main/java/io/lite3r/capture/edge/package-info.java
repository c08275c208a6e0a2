/** Capture at its borders: HTTP, Kafka, the object store, cameras.json, configuration, spans. */
@NullMarked
package io.lite3r.capture.edge;

import org.jspecify.annotations.NullMarked;
