package io.lite3r.capture;

import com.drew.imaging.ImageMetadataReader;
import com.drew.imaging.ImageProcessingException;
import com.drew.lang.GeoLocation;
import com.drew.lang.Rational;
import com.drew.metadata.Metadata;
import com.drew.metadata.MetadataException;
import com.drew.metadata.exif.ExifSubIFDDirectory;
import com.drew.metadata.exif.GpsDirectory;
import io.lite3r.imaging.ImageHeader;
import io.lite3r.imaging.ImageRefused;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.TimeZone;
import org.jspecify.annotations.Nullable;

/**
 * What the camera wrote beside the pixels. All of it is optional and some cameras write nonsense:
 * what cannot be read is absent, never an error.
 *
 * @param timeNs Unix nanoseconds; a time without offset is taken as UTC
 * @param position where the camera was
 * @param focalLength35mm focal length of a 35 mm camera with the same view, millimetres
 */
record Exif(@Nullable Long timeNs, @Nullable Position position, @Nullable Double focalLength35mm) {
  static final Exif NONE = new Exif(null, null, null);

  private static final int BELOW_SEA = 1;

  static Exif read(byte[] bytes) {
    try {
      Metadata metadata = ImageMetadataReader.readMetadata(new ByteArrayInputStream(bytes));
      ExifSubIFDDirectory shot = metadata.getFirstDirectoryOfType(ExifSubIFDDirectory.class);
      GpsDirectory gps = metadata.getFirstDirectoryOfType(GpsDirectory.class);
      return new Exif(
          shot == null ? null : time(shot),
          gps == null ? null : position(gps),
          shot == null ? null : focalLength(shot));
    } catch (ImageProcessingException | IOException | RuntimeException e) {
      // Metadata is a bonus: the pixels have been judged on their own.
      return NONE;
    }
  }

  private static @Nullable Long time(ExifSubIFDDirectory shot) {
    Date date = shot.getDateOriginal(TimeZone.getTimeZone("UTC"));
    if (date == null || date.getTime() < 0) {
      return null;
    }
    Instant instant = date.toInstant();
    return instant.getEpochSecond() * 1_000_000_000 + instant.getNano();
  }

  private static @Nullable Position position(GpsDirectory gps) {
    GeoLocation location = gps.getGeoLocation();
    if (location == null || location.isZero()) {
      return null;
    }
    return new Position(location.getLatitude(), location.getLongitude(), altitude(gps));
  }

  private static @Nullable Double altitude(GpsDirectory gps) {
    Rational altitude = gps.getRational(GpsDirectory.TAG_ALTITUDE);
    if (altitude == null || altitude.getDenominator() == 0) {
      return null;
    }
    try {
      boolean below =
          gps.containsTag(GpsDirectory.TAG_ALTITUDE_REF)
              && gps.getInt(GpsDirectory.TAG_ALTITUDE_REF) == BELOW_SEA;
      return below ? -altitude.doubleValue() : altitude.doubleValue();
    } catch (MetadataException e) {
      return null;
    }
  }

  private static @Nullable Double focalLength(ExifSubIFDDirectory shot) {
    Double length = shot.getDoubleObject(ExifSubIFDDirectory.TAG_35MM_FILM_EQUIV_FOCAL_LENGTH);
    return length == null || !(length > 0) ? null : length;
  }

  /**
   * The calibration that a 35 mm equivalent focal length means for an image: 36 mm along the long
   * side, principal point in the middle. Good to a few per cent at best.
   */
  static @Nullable Calibration calibration(double focalLength35mm, byte[] bytes) {
    try {
      ImageHeader header = ImageHeader.read(bytes);
      double focal = focalLength35mm / 36 * Math.max(header.width(), header.height());
      return new Calibration(
          focal, focal, header.width() / 2.0, header.height() / 2.0, List.of(), 0, 0);
    } catch (ImageRefused e) {
      // It will be refused by name when its turn comes.
      return null;
    }
  }
}
