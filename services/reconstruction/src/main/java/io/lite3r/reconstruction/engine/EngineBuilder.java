package io.lite3r.reconstruction.engine;

/** Compiles the model for the GPU at hand; takes minutes. */
@FunctionalInterface
public interface EngineBuilder {
  byte[] build(EngineKey key);
}
