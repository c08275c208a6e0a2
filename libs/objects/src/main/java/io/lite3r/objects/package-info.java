/**
 * Claim checks on S3: whole objects, written once under derived keys, read back verified.
 *
 * <p>Two writers may hold the same work (delivery is at-least-once), so every write is conditional:
 * {@link io.lite3r.objects.ObjectStore#putIfAbsent} lets the first writer win, and {@link
 * io.lite3r.objects.ObjectStore#compareAndSwap} moves a head only from the state the writer saw.
 */
@NullMarked
package io.lite3r.objects;

import org.jspecify.annotations.NullMarked;
