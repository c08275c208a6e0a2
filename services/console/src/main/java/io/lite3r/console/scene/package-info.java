/** What the console knows of each scene: versions, how frames ended, how fresh it is. */
@NullMarked
package io.lite3r.console.scene;

import org.jspecify.annotations.NullMarked;
