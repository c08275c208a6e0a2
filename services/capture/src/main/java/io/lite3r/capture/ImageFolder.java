package io.lite3r.capture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A plain folder of images: one camera, file name order, EXIF read. Times are used when every image
 * has one and they never step back in file order; otherwise the order is all that is known.
 */
public final class ImageFolder {
  /** The camera of a folder that names none. */
  public static final String CAMERA = "cam0";

  private ImageFolder() {}

  /**
   * Lists the folder's JPEG and PNG files.
   *
   * @param useIntrinsics whether the EXIF focal length becomes a calibration
   */
  public static List<ListedImage> list(Path folder, boolean useIntrinsics) throws IOException {
    List<Path> files;
    try (Stream<Path> entries = Files.list(folder)) {
      files = entries.filter(ImageFolder::isImage).sorted().toList();
    }
    if (files.isEmpty()) {
      throw new CaptureUnreadable(
          "%s holds neither cameras.json nor JPEG or PNG files. Name the folder of one capture."
              .formatted(folder));
    }
    List<ListedImage> images = new ArrayList<>();
    for (Path file : files) {
      Exif exif = Exif.read(Files.readAllBytes(file));
      images.add(
          new ListedImage(
              name(file),
              file,
              CAMERA,
              exif.timeNs(),
              useIntrinsics ? calibration(file, exif) : null,
              null,
              null,
              exif.position()));
    }
    return timesStepBack(images) ? images.stream().map(ImageFolder::untimed).toList() : images;
  }

  private static boolean isImage(Path file) {
    String name = name(file).toLowerCase(Locale.ROOT);
    boolean image = name.endsWith(".jpg") || name.endsWith(".jpeg") || name.endsWith(".png");
    return image && !name.startsWith(".") && Files.isRegularFile(file);
  }

  private static @Nullable Calibration calibration(Path file, Exif exif) throws IOException {
    Double focalLength = exif.focalLength35mm();
    return focalLength == null ? null : Exif.calibration(focalLength, Files.readAllBytes(file));
  }

  private static boolean timesStepBack(List<ListedImage> images) {
    Long before = null;
    for (ListedImage image : images) {
      Long time = image.timeNs();
      if (time != null && before != null && time < before) {
        return true;
      }
      before = time == null ? before : time;
    }
    return false;
  }

  private static ListedImage untimed(ListedImage image) {
    return new ListedImage(
        image.source(),
        image.file(),
        image.camera(),
        null,
        image.calibration(),
        image.rigFromCamera(),
        image.scenePrior(),
        image.position());
  }

  private static String name(Path file) {
    return Objects.requireNonNull(file.getFileName(), "a folder's entry has a name").toString();
  }
}
