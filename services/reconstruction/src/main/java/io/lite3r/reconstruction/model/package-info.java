/** What a model promises in its contract, and the check that the model at hand keeps it. */
@NullMarked
package io.lite3r.reconstruction.model;

import org.jspecify.annotations.NullMarked;
