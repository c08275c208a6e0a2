package io.lite3r.reconstruction.edge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lite3r.geometry.Affine2;
import io.lite3r.imaging.JpegWriter;
import io.lite3r.imaging.RgbImage;
import io.lite3r.reconstruction.OutOfMemory;
import io.lite3r.reconstruction.Reconstructor;
import io.lite3r.reconstruction.model.Bucket;
import io.lite3r.reconstruction.model.Contract;
import io.lite3r.reconstruction.model.Role;
import io.lite3r.reconstruction.prediction.Prediction;
import io.lite3r.reconstruction.window.UnreadableView;
import io.lite3r.reconstruction.window.WindowTensor;
import io.lite3r.reconstruction.window.WindowView;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How long one window takes, without broker and store: one JSON line for each number of views. Time
 * to make the tensor (decode and resample) and time of the network are told apart.
 */
public final class InferenceBench {
  private static final ObjectMapper JSON = new ObjectMapper();

  private InferenceBench() {}

  /**
   * @param viewCounts window sizes to measure; those the model does not take are left out
   * @param repetitions measured runs of each, after one that warms up
   * @param engines where TensorRT's engines come from
   */
  public static void run(
      Path modelFolder,
      String provider,
      int threads,
      List<Integer> viewCounts,
      int repetitions,
      Engines engines,
      PrintStream out) {
    ModelFolder model = ModelFolder.read(modelFolder);
    Contract contract = model.contract();
    long start = System.nanoTime();
    try (OnnxReconstructor reconstructor =
        new OnnxReconstructor(model, Provider.candidates(provider), threads, engines)) {
      double startMs = (System.nanoTime() - start) / 1e6;
      for (int views : viewCounts) {
        if (views >= contract.minViews() && views <= contract.maxViews()) {
          out.println(line(contract, reconstructor, startMs, threads, views, repetitions));
          out.flush();
        }
      }
    }
  }

  /**
   * What the model says of one window, as files to compare: every output under its name, float32 in
   * this machine's byte order.
   *
   * @param pictures a folder with the window's views in the order of their names, PNG or JPEG of
   *     the size of the model's first bucket
   */
  public static void answer(
      Path modelFolder, String provider, int threads, Engines engines, Path pictures, Path answers)
      throws IOException {
    ModelFolder model = ModelFolder.read(modelFolder);
    Contract contract = model.contract();
    Bucket bucket = contract.buckets().getFirst();
    List<WindowView> window = new ArrayList<>();
    try (Stream<Path> files = Files.list(pictures)) {
      for (Path file : files.sorted().toList()) {
        window.add(
            new WindowView(
                file.getFileName().toString(),
                Files.readAllBytes(file),
                bucket.width(),
                bucket.height(),
                Affine2.IDENTITY,
                null));
      }
    }
    try (OnnxReconstructor reconstructor =
        new OnnxReconstructor(model, Provider.candidates(provider), threads, engines)) {
      Prediction said =
          reconstructor.run(WindowTensor.of(window, contract.buckets(), contract.takesRatio()));
      Files.createDirectories(answers);
      for (Role role : Role.values()) {
        float[] values =
            switch (role) {
              case DEPTH -> said.depth();
              case CONFIDENCE -> said.confidence();
              case ROTATION -> said.rotation();
              case TRANSLATION -> said.translation();
              case FOCAL -> said.focal();
            };
        ByteBuffer bytes =
            ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.nativeOrder());
        bytes.asFloatBuffer().put(values);
        Files.write(answers.resolve(contract.output(role) + ".bin"), bytes.array());
      }
    } catch (UnreadableView | OutOfMemory | Reconstructor.InferenceFailed e) {
      throw new IllegalStateException("no answer to %s: %s".formatted(pictures, e.getMessage()), e);
    }
  }

  private static String line(
      Contract contract,
      OnnxReconstructor reconstructor,
      double startMs,
      int threads,
      int views,
      int repetitions) {
    Bucket bucket = contract.buckets().getFirst();
    List<WindowView> window = window(bucket, views);
    double[] tensorMs = new double[repetitions];
    double[] inferenceMs = new double[repetitions];
    try {
      reconstructor.run(WindowTensor.of(window, contract.buckets(), contract.takesRatio()));
      for (int i = 0; i < repetitions; i++) {
        long start = System.nanoTime();
        WindowTensor tensor = WindowTensor.of(window, contract.buckets(), contract.takesRatio());
        long ready = System.nanoTime();
        reconstructor.run(tensor);
        tensorMs[i] = (ready - start) / 1e6;
        inferenceMs[i] = (System.nanoTime() - ready) / 1e6;
      }
    } catch (UnreadableView | OutOfMemory | Reconstructor.InferenceFailed e) {
      throw new IllegalStateException("the bench's own window fails: " + e.getMessage(), e);
    }
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("bench", "inference");
    line.put("model", contract.id());
    line.put("sha256", contract.sha256());
    line.put("precision", contract.precision().contractName());
    line.put("provider", reconstructor.provider().configName());
    line.put("passed_over", reconstructor.passedOver());
    line.put("session_start_ms", rounded(startMs));
    line.put("threads", threads);
    line.put("views", views);
    line.put("height", bucket.height());
    line.put("width", bucket.width());
    line.put("repetitions", repetitions);
    line.put("inference_ms_min", rounded(Arrays.stream(inferenceMs).min().orElseThrow()));
    line.put("inference_ms_p50", rounded(median(inferenceMs)));
    line.put("tensor_ms_p50", rounded(median(tensorMs)));
    try {
      return JSON.writeValueAsString(line);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Views as capture makes them: long side 640, JPEG, with some structure to decode. */
  private static List<WindowView> window(Bucket bucket, int views) {
    boolean landscape = bucket.width() >= bucket.height();
    int width = landscape ? 640 : Math.round(640f * bucket.width() / bucket.height());
    int height = landscape ? Math.round(640f * bucket.height() / bucket.width()) : 640;
    Random random = new Random(1);
    return IntStream.range(0, views)
        .mapToObj(
            v -> {
              byte[] rgb = new byte[3 * width * height];
              for (int i = 0; i < rgb.length; i++) {
                int x = i / 3 % width;
                int y = i / 3 / width;
                int tone = (x + 20 * v) / 16 % 2 == y / 16 % 2 ? 180 : 70;
                rgb[i] = (byte) (tone + random.nextInt(16) + 10 * (i % 3));
              }
              byte[] jpeg = JpegWriter.encode(new RgbImage(width, height, rgb), 0.9f);
              return new WindowView("bench/" + v, jpeg, width, height, Affine2.IDENTITY, null);
            })
        .toList();
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static double rounded(double ms) {
    return Math.round(ms * 10) / 10.0;
  }
}
