/** What talks: channels, the admin client, the object store, HTTP and server-sent events. */
@NullMarked
package io.lite3r.console.edge;

import org.jspecify.annotations.NullMarked;
