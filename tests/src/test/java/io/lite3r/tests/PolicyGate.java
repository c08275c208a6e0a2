package io.lite3r.tests;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/**
 * Stands between one service and the object store, lets through what the service's policy allows,
 * answers the rest with 403 as a server with policies would, and writes down both.
 */
final class PolicyGate implements AutoCloseable {
  private static final Pattern KEY = Pattern.compile("<Key>([^<]*)</Key>");
  private static final Set<String> HOP_BY_HOP =
      Set.of("connection", "content-length", "transfer-encoding", "date");

  private final PolicyDocument policy;
  private final URI store;
  private final HttpServer server;
  private final OkHttpClient http = new OkHttpClient();
  private final Set<String> used = new ConcurrentSkipListSet<>();
  private final Set<String> refused = new ConcurrentSkipListSet<>();

  /** One thing that a request does: an action on a resource, and what conditions may ask for. */
  private record Deed(String action, String resource, Map<String, String> context) {}

  PolicyGate(PolicyDocument policy, URI store) {
    this.policy = policy;
    this.store = store;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** What was let through: action and first part of the key. */
  Set<String> used() {
    return Set.copyOf(used);
  }

  /** What was not. */
  Set<String> refused() {
    return Set.copyOf(refused);
  }

  @Override
  public void close() {
    server.stop(0);
    http.connectionPool().evictAll();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      boolean allowed = true;
      for (Deed deed : deeds(exchange, body)) {
        if (policy.allows(deed.action(), deed.resource(), deed.context())) {
          used.add(line(deed));
        } else {
          refused.add(deed.action() + " " + deed.resource() + " " + deed.context());
          allowed = false;
        }
      }
      if (allowed) {
        forward(exchange, body);
      } else {
        byte[] denied =
            "<Error><Code>AccessDenied</Code><Message>not in the policy</Message></Error>"
                .getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/xml");
        exchange.sendResponseHeaders(403, denied.length);
        exchange.getResponseBody().write(denied);
      }
    }
  }

  private static List<Deed> deeds(HttpExchange exchange, byte[] body) {
    String method = exchange.getRequestMethod();
    String[] path = exchange.getRequestURI().getPath().split("/", 3);
    String query = String.valueOf(exchange.getRequestURI().getRawQuery());
    String bucket = "arn:aws:s3:::" + path[1];
    if (path.length > 2 && !path[2].isEmpty()) {
      String action =
          switch (method) {
            case "GET", "HEAD" -> "s3:GetObject";
            case "PUT" -> "s3:PutObject";
            case "DELETE" -> "s3:DeleteObject";
            default -> "s3:" + method;
          };
      return List.of(new Deed(action, bucket + "/" + path[2], Map.of()));
    }
    if (method.equals("POST") && query.startsWith("delete")) {
      List<Deed> deeds = new ArrayList<>();
      Matcher keys = KEY.matcher(new String(body, StandardCharsets.UTF_8));
      while (keys.find()) {
        deeds.add(new Deed("s3:DeleteObject", bucket + "/" + keys.group(1), Map.of()));
      }
      return deeds;
    }
    if (method.equals("GET") && query.contains("list-type=2")) {
      return List.of(new Deed("s3:ListBucket", bucket, Map.of("s3:prefix", prefix(query))));
    }
    return List.of(new Deed("s3:" + method + "?" + query, bucket, Map.of()));
  }

  private static String prefix(String query) {
    for (String parameter : query.split("&")) {
      if (parameter.startsWith("prefix=")) {
        return URLDecoder.decode(parameter.substring("prefix=".length()), StandardCharsets.UTF_8);
      }
    }
    return "";
  }

  private static String line(Deed deed) {
    String key =
        deed.context().getOrDefault("s3:prefix", deed.resource().replaceFirst("^[^/]*/", ""));
    return deed.action() + " " + key.split("/")[0];
  }

  private void forward(HttpExchange exchange, byte[] body) throws IOException {
    String method = exchange.getRequestMethod();
    boolean hasBody = Set.of("PUT", "POST").contains(method);
    Request.Builder request =
        new Request.Builder()
            .url(store + exchange.getRequestURI().toString())
            .method(method, hasBody ? RequestBody.create(body, null) : null);
    // Host included: the signature covers it.
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> {
              if (!HOP_BY_HOP.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.addHeader(name, value));
              }
            });
    try (Response response = http.newCall(request.build()).execute()) {
      byte[] answer = response.body().bytes();
      response
          .headers()
          .forEach(
              header -> {
                if (!HOP_BY_HOP.contains(header.getFirst().toLowerCase(Locale.ROOT))) {
                  exchange.getResponseHeaders().add(header.getFirst(), header.getSecond());
                }
              });
      exchange.sendResponseHeaders(response.code(), answer.length == 0 ? -1 : answer.length);
      if (answer.length > 0) {
        exchange.getResponseBody().write(answer);
      }
    }
  }
}
