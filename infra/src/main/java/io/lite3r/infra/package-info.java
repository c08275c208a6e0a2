/** Grafana dashboards, written in terms of the names that services use for their metrics. */
@NullMarked
package io.lite3r.infra;

import org.jspecify.annotations.NullMarked;
