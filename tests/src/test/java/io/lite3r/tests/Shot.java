package io.lite3r.tests;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One image on its way from a camera.
 *
 * @param timeNs capture time, nanoseconds
 * @param parameters further parameters of the request
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record Shot(
    String camera,
    long sequence,
    long timeNs,
    byte[] bytes,
    String mediaType,
    Map<String, String> parameters) {

  static Shot jpeg(String camera, long sequence, long timeNs, byte[] bytes) {
    return new Shot(camera, sequence, timeNs, bytes, "image/jpeg", Map.of());
  }

  static Shot png(String camera, long sequence, long timeNs, byte[] bytes) {
    return new Shot(camera, sequence, timeNs, bytes, "image/png", Map.of());
  }

  Shot with(String parameter, String value) {
    Map<String, String> more = new LinkedHashMap<>(parameters);
    more.put(parameter, value);
    return new Shot(camera, sequence, timeNs, bytes, mediaType, more);
  }

  Shot withBytes(byte[] others) {
    return new Shot(camera, sequence, timeNs, others, mediaType, parameters);
  }
}
