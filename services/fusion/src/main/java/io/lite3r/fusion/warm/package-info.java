/** What makes the first window as quick as the others. */
@NullMarked
package io.lite3r.fusion.warm;

import org.jspecify.annotations.NullMarked;
