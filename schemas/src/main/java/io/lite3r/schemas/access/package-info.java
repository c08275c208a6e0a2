/** Who may touch what: topics, groups, transactions, objects, routes. Read from access.yaml. */
@NullMarked
package io.lite3r.schemas.access;

import org.jspecify.annotations.NullMarked;
