package io.lite3r.telemetry;

import io.opentelemetry.api.common.AttributeKey;

/**
 * Every metric, span and attribute of the system. A name that is not here does not exist: a test
 * compares what services show with this list, in both directions.
 */
public final class Names {
  private Names() {}

  // ---- attributes -----------------------------------------------------------------------------

  /** The place that is being reconstructed. */
  public static final AttributeKey<String> SCENE = AttributeKey.stringKey("lite3r.scene");

  /** One camera of a rig; on spans only, since a metric per camera would grow without bound. */
  public static final AttributeKey<String> CAMERA = AttributeKey.stringKey("lite3r.camera");

  /** Window id; on spans only. */
  public static final AttributeKey<String> WINDOW = AttributeKey.stringKey("lite3r.window");

  /** Scene version; on spans only. */
  public static final AttributeKey<Long> VERSION = AttributeKey.longKey("lite3r.version");

  /** capture, windowing, reconstruction, fusion or console. */
  public static final AttributeKey<String> STAGE = AttributeKey.stringKey("stage");

  /** Why: the enum constant of the schemas in lower case without its prefix, such as truncated. */
  public static final AttributeKey<String> REASON = AttributeKey.stringKey("reason");

  /** How a window ended: reconstructed or unreconstructable. */
  public static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("outcome");

  /** What makes a window's alignment weak: a word of the manifest's {@code degenerate}. */
  public static final AttributeKey<String> KIND = AttributeKey.stringKey("kind");

  /** heap or non_heap. */
  public static final AttributeKey<String> MEMORY_TYPE = AttributeKey.stringKey("jvm.memory.type");

  // ---- all stages -----------------------------------------------------------------------------

  /** Counter, {record}; by {@link #STAGE} and {@link #REASON}: payloads set aside for good. */
  public static final String DEAD_LETTERS = "lite3r.dead_letters";

  /** Counter, {request}: answered 429, because their tenant had asked too often. */
  public static final String REQUESTS_LIMITED = "lite3r.requests.limited";

  // ---- capture --------------------------------------------------------------------------------

  /** Counter, {frame}: accepted, that is, durable on {@code frames}. */
  public static final String CAPTURE_ACCEPTED = "lite3r.capture.frames.accepted";

  /** Counter, {frame}; by {@link #REASON}: refused by name and cure. */
  public static final String CAPTURE_REJECTED = "lite3r.capture.frames.rejected";

  /** Counter, {frame}: the same id with the same bytes came again and had no effect. */
  public static final String CAPTURE_DUPLICATES = "lite3r.capture.frames.duplicate";

  /** Counter, By: bytes of accepted originals. */
  public static final String CAPTURE_BYTES = "lite3r.capture.original.size";

  /** Histogram, s: from the last byte of a request until its frame is durable. */
  public static final String CAPTURE_DURATION = "lite3r.capture.accept.duration";

  // ---- windowing ------------------------------------------------------------------------------

  /** Counter, {window}; by {@link #REASON} (full, capture_ended, byte_limit): windows closed. */
  public static final String WINDOWING_CLOSED = "lite3r.windowing.windows.closed";

  /** Counter, {frame}: came after their instant had closed. */
  public static final String WINDOWING_LATE = "lite3r.windowing.frames.late";

  /**
   * Counter, {frame}; by {@link #REASON} (too_few_views, too_large): in no window for another
   * cause.
   */
  public static final String WINDOWING_REJECTED = "lite3r.windowing.frames.rejected";

  /** Counter, {frame}: left out as redundant, sooner after the last one kept than the interval. */
  public static final String WINDOWING_SKIPPED = "lite3r.windowing.frames.skipped";

  /** Counter, {frame}: the same frame came again and had no effect. */
  public static final String WINDOWING_DUPLICATES = "lite3r.windowing.frames.duplicate";

  /** Counter, {view}: cameras that had nothing for an instant the others had. */
  public static final String WINDOWING_MISSING = "lite3r.windowing.partners.missing";

  /**
   * Gauge, {camera}: live cameras that have sent nothing for {@code lite3r.windowing.silent-after}
   * while another of their capture sends.
   */
  public static final String WINDOWING_SILENT = "lite3r.windowing.cameras.silent";

  /** Histogram, s: from the acceptance of a window's newest frame until the window closed. */
  public static final String WINDOWING_DELAY = "lite3r.windowing.close.delay";

  /** Histogram, s: time between the first and the last frame of an instant of several cameras. */
  public static final String WINDOWING_SKEW = "lite3r.windowing.instant.skew";

  // ---- reconstruction -------------------------------------------------------------------------

  /** Counter, {window}; by {@link #OUTCOME} and, when unreconstructable, {@link #REASON}. */
  public static final String RECONSTRUCTION_WINDOWS = "lite3r.reconstruction.windows";

  /** Counter, {window}: outcomes that were already stored and were published again. */
  public static final String RECONSTRUCTION_REPEATS = "lite3r.reconstruction.repeats";

  /** Up-down counter, {window}: taken from the broker and not yet taken up. */
  public static final String RECONSTRUCTION_QUEUE = "lite3r.reconstruction.queue";

  /** Histogram, s: from a window's closing until a worker takes it up, by two hosts' clocks. */
  public static final String RECONSTRUCTION_QUEUE_DURATION = "lite3r.reconstruction.queue.duration";

  /** Histogram, {window}: windows that passed the network together. */
  public static final String RECONSTRUCTION_BATCH = "lite3r.reconstruction.batch";

  /** Histogram, s: a batch's tensors into one and its answers out, on the host. */
  public static final String RECONSTRUCTION_COPY_DURATION = "lite3r.reconstruction.copy.duration";

  /** Counter, {window}: found no memory among others and were tried again alone. */
  public static final String RECONSTRUCTION_ALONE = "lite3r.reconstruction.alone";

  /** Histogram, s: one window's depth and outcome into the object store. */
  public static final String RECONSTRUCTION_STORE_DURATION = "lite3r.reconstruction.store.duration";

  /** Histogram, s: views to tensor: decode and resample. */
  public static final String RECONSTRUCTION_TENSOR_DURATION =
      "lite3r.reconstruction.tensor.duration";

  /** Histogram, s: the network alone; the rate of its sum is the share of time it is busy. */
  public static final String RECONSTRUCTION_INFERENCE_DURATION =
      "lite3r.reconstruction.inference.duration";

  /** Histogram, s: from taking a window up until its outcome is acknowledged by the broker. */
  public static final String RECONSTRUCTION_WINDOW_DURATION =
      "lite3r.reconstruction.window.duration";

  // ---- fusion ---------------------------------------------------------------------------------

  /** Counter, {window}: windows whose depth is in a published version. */
  public static final String FUSION_WINDOWS = "lite3r.fusion.windows.fused";

  /** Counter, {frame}: frames that are terminal as fused. */
  public static final String FUSION_FRAMES = "lite3r.fusion.frames.fused";

  /** Counter, {version}: scene versions published. */
  public static final String FUSION_VERSIONS = "lite3r.fusion.versions.published";

  /** Counter, {object}: stored objects removed because no kept version needs them. */
  public static final String FUSION_COLLECTED = "lite3r.fusion.objects.collected";

  /** Histogram, s: one window's place in the scene. */
  public static final String FUSION_ALIGN_DURATION = "lite3r.fusion.align.duration";

  /** Histogram, 1: share of the compared depth pixels that agree after alignment, 0 to 1. */
  public static final String FUSION_ALIGN_INLIERS = "lite3r.fusion.align.inlier.ratio";

  /** Histogram, 1: robust relative depth residual after alignment. */
  public static final String FUSION_ALIGN_RESIDUAL = "lite3r.fusion.align.residual";

  /** Histogram, 1: scale of a window over the scale of the one it was tied to. */
  public static final String FUSION_ALIGN_SCALE_STEP = "lite3r.fusion.align.scale.step";

  /** Histogram, 1: thickness of the shared points over their extent; near 0 they are a plane. */
  public static final String FUSION_ALIGN_CONDITION = "lite3r.fusion.align.condition";

  /** Counter, {window}; by {@link #KIND}: alignments that stand on too little. */
  public static final String FUSION_ALIGN_DEGENERATE = "lite3r.fusion.align.degenerate";

  /** Counter, {chain}: windows that nothing ties to the ones before them. */
  public static final String FUSION_CHAINS = "lite3r.fusion.chains";

  /** Counter, {verification}; by {@link #KIND}: proposed, tied, refused. */
  public static final String FUSION_LOOPS = "lite3r.fusion.loops";

  /** Histogram, s: one window's depth into the volume. */
  public static final String FUSION_INTEGRATE_DURATION = "lite3r.fusion.integrate.duration";

  /** Histogram, s: surface, objects, manifest and head of one version. */
  public static final String FUSION_PUBLISH_DURATION = "lite3r.fusion.publish.duration";

  /** Histogram, s: from a frame's acceptance until a version that holds it is published. */
  public static final String FUSION_FRESHNESS = "lite3r.fusion.freshness";

  // ---- console --------------------------------------------------------------------------------

  /**
   * Gauge, {record}; by {@link #STAGE}: what waits for windowing, reconstruction and fusion, told
   * from offsets. Not shown while the broker cannot be asked.
   */
  public static final String CONSOLE_LAG = "lite3r.console.lag";

  /** Up-down counter, {viewer}: open live connections. */
  public static final String CONSOLE_VIEWERS = "lite3r.console.viewers";

  /** Counter, {update}: scene updates passed on to viewers. */
  public static final String CONSOLE_UPDATES = "lite3r.console.updates";

  // ---- every process: OpenTelemetry's own names for a JVM ---------------------------------------

  /** Gauge, By; by {@link #MEMORY_TYPE}: memory in use. */
  public static final String JVM_MEMORY_USED = "jvm.memory.used";

  /** Gauge, By: the most that the heap may take. */
  public static final String JVM_MEMORY_LIMIT = "jvm.memory.limit";

  /** Counter, s: processor time of the process. */
  public static final String JVM_CPU_TIME = "jvm.cpu.time";

  // ---- spans: one trace from capture to published version -------------------------------------

  /** INTERNAL: one image is checked, made into a view and published. */
  public static final String SPAN_CAPTURE = "capture.accept";

  /** INTERNAL: a window closes; its parent is the newest view's frame. */
  public static final String SPAN_WINDOW_CLOSE = "windowing.close";

  /** INTERNAL: one window in, one outcome out. */
  public static final String SPAN_RECONSTRUCT = "reconstruction.window";

  /** INTERNAL: the network alone. */
  public static final String SPAN_INFER = "reconstruction.infer";

  /** INTERNAL: a window finds its place. */
  public static final String SPAN_ALIGN = "fusion.align";

  /** INTERNAL: depth goes into the volume. */
  public static final String SPAN_INTEGRATE = "fusion.integrate";

  /** INTERNAL: a version becomes readable. */
  public static final String SPAN_PUBLISH = "fusion.publish";
}
