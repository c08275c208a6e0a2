package io.lite3r.reconstruction.edge;

import io.lite3r.objects.ObjectStore;
import io.lite3r.reconstruction.engine.ContextModel;
import io.lite3r.reconstruction.engine.EngineCache;
import io.lite3r.reconstruction.engine.EngineFolder;
import io.lite3r.reconstruction.engine.EngineKey;
import io.lite3r.reconstruction.engine.EngineStorage;
import io.lite3r.reconstruction.model.Bucket;
import io.lite3r.reconstruction.model.Precision;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jboss.logging.Logger;

/**
 * Where this process gets engines from: a folder of this machine, or the object store that all
 * workers share.
 */
public final class Engines {
  private static final Logger LOG = Logger.getLogger(Engines.class);
  private static final String CONTEXT = "engine.onnx";
  private static final String ENGINE = "engine.bin";

  /** TensorRT's own choice. */
  public static final int USUAL_LEVEL = 3;

  private final EngineStorage storage;
  private final int level;

  private Engines(EngineStorage storage, int level) {
    this.storage = storage;
    this.level = level;
  }

  /**
   * @param level how hard to search when one has to be built, 0 to 5
   */
  public static Engines inFolder(Path folder, int level) {
    return new Engines(new EngineFolder(folder), level);
  }

  public static Engines inObjectStore(ObjectStore objects, int level) {
    return new Engines(new EngineObjects(objects), level);
  }

  /** A folder in the user's cache. */
  public static Path usualFolder() {
    String cache = System.getenv("XDG_CACHE_HOME");
    Path root =
        cache == null || cache.isBlank()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(cache);
    return root.resolve("lite3r/engines");
  }

  /**
   * Those of one model on this machine's GPU.
   *
   * @throws IllegalStateException when there is no GPU, or the graph is none for engines
   */
  OfModel of(ModelFolder model) {
    if (model.contract().precision() == Precision.INT8_DYNAMIC) {
      throw new IllegalStateException(
          "there is no engine for the int8-dynamic graph %s; make one for GPUs with ./lite3r student engine-graph"
              .formatted(model.contract().id()));
    }
    TensorRt tensorRt = new TensorRt(model, level);
    return new OfModel(model, tensorRt, new EngineCache(storage, tensorRt));
  }

  /** Engines of one model. */
  static final class OfModel {
    private final ModelFolder model;
    private final TensorRt tensorRt;
    private final EngineCache cache;

    private OfModel(ModelFolder model, TensorRt tensorRt, EngineCache cache) {
      this.model = model;
      this.tensorRt = tensorRt;
      this.cache = cache;
    }

    TensorRt tensorRt() {
      return tensorRt;
    }

    /** The kept engine for windows of that size; without one it is built, which takes minutes. */
    EngineCache.Engine obtain(Bucket bucket, int views) {
      return cache.obtain(key(bucket, views));
    }

    EngineCache.Engine renew(Bucket bucket, int views) {
      return cache.renew(key(bucket, views));
    }

    private EngineKey key(Bucket bucket, int views) {
      return new EngineKey(
          model.contract().sha256(), tensorRt.gpu().name(), tensorRt.version(), bucket, views);
    }

    /** Something that loads a model from a file. */
    @FunctionalInterface
    interface Loader<T, E extends Exception> {
      T load(Path model) throws E;
    }

    /**
     * Loads the engine as a model of ONNX Runtime. One that was kept and does not load is built
     * anew, once.
     */
    <T, E extends Exception> T load(Bucket bucket, int views, Loader<T, E> loader) throws E {
      long start = System.nanoTime();
      EngineCache.Engine engine = obtain(bucket, views);
      LOG.infof(
          "engine for %d views of %d x %d: %s, %.1f MB, %.2f s",
          views,
          bucket.width(),
          bucket.height(),
          engine.origin(),
          engine.bytes().length / 1e6,
          (System.nanoTime() - start) / 1e9);
      try {
        return loadFile(bucket, views, engine.bytes(), loader);
      } catch (Exception e) {
        if (engine.origin() != EngineCache.Origin.KEPT) {
          throw e;
        }
        LOG.warnf("the kept engine does not load and is built again: %s", e.getMessage());
        return loadFile(bucket, views, renew(bucket, views).bytes(), loader);
      }
    }

    private <T, E extends Exception> T loadFile(
        Bucket bucket, int views, byte[] engine, Loader<T, E> loader) throws E {
      try {
        Path folder = Files.createTempDirectory("lite3r-engine");
        try {
          Files.write(folder.resolve(ENGINE), engine);
          Files.write(
              folder.resolve(CONTEXT),
              ContextModel.of(
                  model.contract(), bucket, views, ENGINE, tensorRt.gpu().architecture()));
          return loader.load(folder.resolve(CONTEXT));
        } finally {
          for (String name : new String[] {ENGINE, CONTEXT}) {
            Files.deleteIfExists(folder.resolve(name));
          }
          Files.deleteIfExists(folder);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(
            "an engine cannot be laid out in the temporary folder: " + e.getMessage(), e);
      }
    }
  }
}
