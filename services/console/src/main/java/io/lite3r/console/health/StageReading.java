package io.lite3r.console.health;

import org.jspecify.annotations.Nullable;

/**
 * How far a stage has come, read at one moment.
 *
 * @param done how many of its units it has done since ever; only its growth has a meaning
 * @param lag how many wait for it; null for a stage that nothing can wait for
 */
public record StageReading(long done, @Nullable Long lag) {}
