package io.lite3r.schemas;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Why a payload lies on {@code dead-letters}. The payload itself is the record's value, untouched;
 * this rides in its headers, so that a person, or a later repair, can tell without decoding it.
 *
 * @param stage the stage that gave up: capture, windowing, reconstruction, fusion or console
 * @param reason a short machine-readable kind, such as {@code undecodable}
 * @param detail one sentence for a person: what is wrong and what to do
 * @param origin where it came from: {@code topic-partition@offset}, or {@code http}
 * @param traceparent W3C trace context of the work that failed, when there is one
 */
public record DeadLetter(
    String stage, String reason, String detail, String origin, @Nullable String traceparent) {
  public static final String STAGE = "stage";
  public static final String REASON = "reason";
  public static final String DETAIL = "detail";
  public static final String ORIGIN = "origin";
  public static final String TRACEPARENT = "traceparent";

  /** The origin of a Kafka record. */
  public static String origin(String topic, int partition, long offset) {
    return "%s-%d@%d".formatted(topic, partition, offset);
  }

  public Headers headers() {
    RecordHeaders headers = new RecordHeaders();
    headers.add(STAGE, stage.getBytes(UTF_8));
    headers.add(REASON, reason.getBytes(UTF_8));
    headers.add(DETAIL, detail.getBytes(UTF_8));
    headers.add(ORIGIN, origin.getBytes(UTF_8));
    if (traceparent != null) {
      headers.add(TRACEPARENT, traceparent.getBytes(UTF_8));
    }
    return headers;
  }

  /** Reads what {@link #headers()} wrote; a header that is missing reads as an empty string. */
  public static DeadLetter of(Headers headers) {
    return new DeadLetter(
        text(headers, STAGE),
        text(headers, REASON),
        text(headers, DETAIL),
        text(headers, ORIGIN),
        headers.lastHeader(TRACEPARENT) == null ? null : text(headers, TRACEPARENT));
  }

  private static String text(Headers headers, String name) {
    var header = headers.lastHeader(name);
    return header == null ? "" : new String(header.value(), UTF_8);
  }
}
