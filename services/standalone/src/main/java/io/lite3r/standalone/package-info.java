/**
 * The five services in one process, and the command line: what a laptop runs. The broker and the
 * object store run beside it in a process of their own.
 */
@NullMarked
package io.lite3r.standalone;

import org.jspecify.annotations.NullMarked;
