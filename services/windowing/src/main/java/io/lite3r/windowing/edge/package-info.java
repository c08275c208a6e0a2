/** Windowing at its borders: Kafka Streams, protobuf, configuration, spans and metrics. */
@NullMarked
package io.lite3r.windowing.edge;

import org.jspecify.annotations.NullMarked;
