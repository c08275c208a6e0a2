/**
 * A real Kafka broker (KRaft) and a real S3 server for one machine, in a process of their own: what
 * a laptop lacks and a data centre has. Loopback only, free ports, all state under one folder.
 */
@NullMarked
package io.lite3r.stack;

import org.jspecify.annotations.NullMarked;
