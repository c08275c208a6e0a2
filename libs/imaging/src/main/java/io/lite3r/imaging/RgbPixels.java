package io.lite3r.imaging;

import io.lite3r.imaging.ImageRefused.Reason;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentSampleModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.util.Arrays;
import javax.imageio.ImageTypeSpecifier;
import org.jspecify.annotations.Nullable;

/**
 * The stored samples of a decoded image as RGB. Samples are taken as they are: the JDK would turn
 * grey and profiled images through a colour space and change their values.
 */
final class RgbPixels {
  private static final int[] BGR = {2, 1, 0};
  private static final int[] RGB = {0, 1, 2};

  private RgbPixels() {}

  /**
   * Where a reader shall put the image: three samples in the order red, green, blue, so that rows
   * are copied as they come. The JDK's own choice is the other way round, and it would turn sample
   * by sample, which takes as long as a third of all decoding. Null, its own choice, for any other
   * kind of image.
   *
   * @param type what the reader would choose; its colour space is kept, so no value changes
   */
  static @Nullable BufferedImage destination(ImageTypeSpecifier type, ImageHeader header) {
    if (type.getBufferedImageType() != BufferedImage.TYPE_3BYTE_BGR) {
      return null;
    }
    return ImageTypeSpecifier.createInterleaved(
            type.getColorModel().getColorSpace(), RGB, DataBuffer.TYPE_BYTE, false, false)
        .createBufferedImage(header.width(), header.height());
  }

  static RgbImage of(BufferedImage image) throws ImageRefused {
    int width = image.getWidth();
    int height = image.getHeight();
    boolean samples =
        !(image.getColorModel() instanceof IndexColorModel)
            && image.getSampleModel() instanceof ComponentSampleModel
            && image.getRaster().getDataBuffer().getDataType() == DataBuffer.TYPE_BYTE;
    if (!samples) {
      return throughColorModel(image);
    }
    ComponentSampleModel model = (ComponentSampleModel) image.getSampleModel();
    byte[] data = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
    int bands = model.getNumBands();
    if (bands == 3 && model.getPixelStride() == 3 && model.getScanlineStride() == 3 * width) {
      if (Arrays.equals(model.getBandOffsets(), RGB)) {
        return new RgbImage(width, height, data);
      }
      if (Arrays.equals(model.getBandOffsets(), BGR)) {
        return new RgbImage(width, height, swapRedAndBlue(data));
      }
    }
    return gather(width, height, model, data);
  }

  /** In place: the decoder's array has no other owner, and large images stay one array. */
  private static byte[] swapRedAndBlue(byte[] data) {
    for (int i = 0; i < data.length; i += 3) {
      byte blue = data[i];
      data[i] = data[i + 2];
      data[i + 2] = blue;
    }
    return data;
  }

  private static RgbImage gather(int width, int height, ComponentSampleModel model, byte[] data)
      throws ImageRefused {
    int bands = model.getNumBands();
    boolean grey = bands < 3;
    int[] offsets = model.getBandOffsets();
    int red = offsets[0];
    int green = offsets[grey ? 0 : 1];
    int blue = offsets[grey ? 0 : 2];
    int alpha = bands == 2 || bands == 4 ? offsets[bands - 1] : -1;
    byte[] rgb = new byte[3 * width * height];
    int out = 0;
    for (int y = 0; y < height; y++) {
      int in = y * model.getScanlineStride();
      for (int x = 0; x < width; x++, in += model.getPixelStride(), out += 3) {
        if (alpha >= 0 && data[in + alpha] != (byte) 0xff) {
          throw transparent(x, y);
        }
        rgb[out] = data[in + red];
        rgb[out + 1] = data[in + green];
        rgb[out + 2] = data[in + blue];
      }
    }
    return new RgbImage(width, height, rgb);
  }

  /** Palettes and packed pixels; rare, so the slow way is good enough. */
  private static RgbImage throughColorModel(BufferedImage image) throws ImageRefused {
    int width = image.getWidth();
    int height = image.getHeight();
    byte[] rgb = new byte[3 * width * height];
    int[] row = new int[width];
    int out = 0;
    for (int y = 0; y < height; y++) {
      image.getRGB(0, y, width, 1, row, 0, width);
      for (int x = 0; x < width; x++, out += 3) {
        if (row[x] >>> 24 != 0xff) {
          throw transparent(x, y);
        }
        rgb[out] = (byte) (row[x] >> 16);
        rgb[out + 1] = (byte) (row[x] >> 8);
        rgb[out + 2] = (byte) row[x];
      }
    }
    return new RgbImage(width, height, rgb);
  }

  private static ImageRefused transparent(int x, int y) {
    return new ImageRefused(
        Reason.UNSUPPORTED_MEDIA,
        "The image is transparent at pixel (%d, %d). Remove its alpha channel.".formatted(x, y));
  }
}
