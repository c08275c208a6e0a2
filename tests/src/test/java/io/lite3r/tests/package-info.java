/**
 * The chain as a user sees it: a real broker, a real S3 server, every service in a process of its
 * own, real HTTP, a real browser; processes are killed and records are poisoned, and an audit that
 * asks no service finds out what became of every frame.
 */
package io.lite3r.tests;
