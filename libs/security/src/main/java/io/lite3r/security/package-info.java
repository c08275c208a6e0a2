/**
 * How a service proves to Kafka who it is, and how a caller does over HTTP. Both are off until they
 * are configured: a laptop's broker and pages listen on loopback only.
 *
 * <p>Secrets come from files or from the environment. A command line can be read by every user of a
 * machine, so a secret given there is refused.
 */
@NullMarked
package io.lite3r.security;

import org.jspecify.annotations.NullMarked;
