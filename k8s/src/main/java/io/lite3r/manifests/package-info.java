/**
 * Holds the Kubernetes manifests to their word without a cluster: each rule says what it finds
 * wrong in an overlay as kustomize has built it.
 */
@NullMarked
package io.lite3r.manifests;

import org.jspecify.annotations.NullMarked;
