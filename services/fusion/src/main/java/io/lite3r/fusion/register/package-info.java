/** Where a scene lies in metres: from a rig's baselines, GPS or given poses. */
@NullMarked
package io.lite3r.fusion.register;

import org.jspecify.annotations.NullMarked;
