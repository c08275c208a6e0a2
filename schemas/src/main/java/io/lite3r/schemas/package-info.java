/**
 * What the stages agree on, as Java: the topics, the map between records and geometry, the submap
 * object, the headers of a dead letter. The records themselves are generated into {@code v1}.
 */
@NullMarked
package io.lite3r.schemas;

import org.jspecify.annotations.NullMarked;
