package io.lite3r.reconstruction.engine;

import io.lite3r.reconstruction.OutcomeKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** Engines in a folder of this machine. Files appear whole: each is written aside and renamed. */
public final class EngineFolder implements EngineStorage {
  private final Path folder;

  public EngineFolder(Path folder) {
    this.folder = folder;
  }

  @Override
  public Optional<Kept> find(String objectKey) {
    try {
      byte[] bytes = Files.readAllBytes(folder.resolve(objectKey));
      return Optional.of(new Kept(bytes, OutcomeKey.sha256(bytes)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  @Override
  public void put(String objectKey, byte[] bytes) {
    if (!Files.exists(folder.resolve(objectKey))) {
      write(objectKey, bytes);
    }
  }

  @Override
  public void replace(String objectKey, Kept kept, byte[] bytes) {
    if (find(objectKey).map(Kept::state).equals(Optional.of(kept.state()))) {
      write(objectKey, bytes);
    }
  }

  private void write(String objectKey, byte[] bytes) {
    Path file = folder.resolve(objectKey);
    try {
      Files.createDirectories(file.getParent());
      Path aside = Files.createTempFile(file.getParent(), "engine", ".part");
      Files.write(aside, bytes);
      Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  private UncheckedIOException unusable(IOException e) {
    return new UncheckedIOException(
        "engines cannot be kept in %s: %s. Name another folder in lite3r.engines.dir"
            .formatted(folder, e.getMessage()),
        e);
  }
}
