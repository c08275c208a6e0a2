package io.lite3r.tests;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** An OpenTelemetry collector of a few lines: takes spans by OTLP over HTTP and keeps them. */
final class TraceSink implements AutoCloseable {
  /** A span, as far as the tests look at one. */
  record Received(
      String service, String name, String traceId, String spanId, String parentId, Span span) {
    boolean has(String attribute, String value) {
      return span.getAttributesList().stream().anyMatch(a -> is(a, attribute, value));
    }

    /** Trace ids that this span links to. */
    List<String> links() {
      return span.getLinksList().stream().map(l -> hex(l.getTraceId().toByteArray())).toList();
    }

    private static boolean is(KeyValue attribute, String name, String value) {
      return attribute.getKey().equals(name)
          && (attribute.getValue().getStringValue().equals(value)
              || Long.toString(attribute.getValue().getIntValue()).equals(value));
    }
  }

  private final HttpServer server;
  private final List<Received> spans = new ArrayList<>();

  TraceSink() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/v1/traces", this::take);
    server.start();
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  synchronized List<Received> spans() {
    return List.copyOf(spans);
  }

  List<Received> trace(String traceId) {
    return spans().stream().filter(span -> span.traceId().equals(traceId)).toList();
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void take(HttpExchange exchange) throws IOException {
    boolean packed = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
    try (InputStream body = exchange.getRequestBody();
        InputStream plain = packed ? new GZIPInputStream(body) : body) {
      keep(ExportTraceServiceRequest.parseFrom(plain));
    }
    exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }

  private synchronized void keep(ExportTraceServiceRequest request) {
    for (var resource : request.getResourceSpansList()) {
      String service =
          resource.getResource().getAttributesList().stream()
              .filter(a -> a.getKey().equals("service.name"))
              .map(a -> a.getValue().getStringValue())
              .findFirst()
              .orElse("");
      for (var scope : resource.getScopeSpansList()) {
        for (Span span : scope.getSpansList()) {
          spans.add(
              new Received(
                  service,
                  span.getName(),
                  hex(span.getTraceId().toByteArray()),
                  hex(span.getSpanId().toByteArray()),
                  hex(span.getParentSpanId().toByteArray()),
                  span));
        }
      }
    }
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
