/** How the stages are doing, told from how far each has come in its topic. */
@NullMarked
package io.lite3r.console.health;

import org.jspecify.annotations.NullMarked;
