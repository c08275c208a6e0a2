package io.lite3r.reconstruction.edge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import io.lite3r.reconstruction.model.Bucket;
import io.lite3r.reconstruction.model.Contract;
import io.lite3r.reconstruction.model.ContractCheck;
import io.lite3r.reconstruction.model.FocalConvention;
import io.lite3r.reconstruction.model.Precision;
import io.lite3r.reconstruction.model.Role;
import io.lite3r.reconstruction.model.StrangerModel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A folder with {@code student.onnx} and {@code contract.json}: the contract is valid by its schema
 * and belongs to the very file beside it.
 *
 * @param onnx the model file
 */
public record ModelFolder(Path onnx, Contract contract) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Reads and checks both files.
   *
   * @throws StrangerModel when something is missing or does not belong together; says the cure
   */
  public static ModelFolder read(Path folder) {
    Path onnx = folder.resolve("student.onnx");
    Path file = folder.resolve("contract.json");
    for (Path needed : List.of(onnx, file)) {
      if (!Files.isRegularFile(needed)) {
        throw new StrangerModel(
            "%s does not exist; lite3r.model.dir must name a folder with student.onnx and contract.json"
                .formatted(needed.toAbsolutePath()));
      }
    }
    try {
      JsonNode json = JSON.readTree(file.toFile());
      Contract contract = contract(file, json);
      ContractCheck.requireFile(contract, "student.onnx", contract.sha256(), sha256(onnx));
      for (JsonNode data : json.path("external_data")) {
        requireData(contract, folder, data.get("file").asText(), data.get("sha256").asText());
      }
      return new ModelFolder(onnx, contract);
    } catch (IOException e) {
      throw new StrangerModel("%s cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static void requireData(Contract contract, Path folder, String name, String promised)
      throws IOException {
    Path data = folder.resolve(name);
    if (!Files.isRegularFile(data)) {
      throw new StrangerModel(
          "model %s: %s does not exist; its weights lie there. Copy the whole folder"
              .formatted(contract.id(), data.toAbsolutePath()));
    }
    ContractCheck.requireFile(contract, name, promised, sha256(data));
  }

  /** Lower-case hex; read in pieces, since weights may be larger than an array. */
  private static String sha256(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] piece = new byte[1 << 20];
      for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
        digest.update(piece, 0, read);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static Contract contract(Path file, JsonNode json) throws IOException {
    Set<ValidationMessage> faults = schema().validate(json);
    if (!faults.isEmpty()) {
      throw new StrangerModel(
          "%s is no model contract of version 1: %s. schemas/model-contract.schema.json says what it holds"
              .formatted(
                  file,
                  faults.stream()
                      .map(ValidationMessage::getMessage)
                      .sorted()
                      .collect(Collectors.joining("; "))));
    }
    try {
      return contract(json);
    } catch (IllegalArgumentException e) {
      throw new StrangerModel("%s: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static Contract contract(JsonNode json) {
    List<Bucket> buckets = new ArrayList<>();
    for (JsonNode bucket : json.get("buckets")) {
      buckets.add(new Bucket(bucket.get(0).asInt(), bucket.get(1).asInt()));
    }
    Map<Role, String> outputs = new EnumMap<>(Role.class);
    FocalConvention focal = FocalConvention.BOTH_AXES;
    for (JsonNode output : json.get("outputs")) {
      Role role = Role.valueOf(output.get("role").asText().toUpperCase(Locale.ROOT));
      if (outputs.put(role, output.get("name").asText()) != null) {
        throw new IllegalArgumentException(
            "two outputs for %s; every role needs exactly one".formatted(role.contractName()));
      }
      if (role == Role.FOCAL) {
        focal = FocalConvention.of(output.get("convention").asText());
      }
    }
    return new Contract(
        json.get("contract_version").asText(),
        json.get("id").asText(),
        json.get("sha256").asText(),
        Precision.of(json.get("precision").asText()),
        json.get("views").get("min").asInt(),
        json.get("views").get("max").asInt(),
        maxBatch(json),
        buckets,
        json.get("input").get("name").asText(),
        focalHint(json),
        json.at("/focal_hint/negative").asText().equals("ratio"),
        outputs,
        focal);
  }

  private static int maxBatch(JsonNode json) {
    int max = json.has("batch") ? json.get("batch").get("max").asInt() : 1;
    JsonNode hint = json.get("focal_hint");
    for (JsonNode input :
        hint == null ? List.of(json.get("input")) : List.of(json.get("input"), hint)) {
      if (input.get("shape").get(0).asText().equals("B") != max > 1) {
        throw new IllegalArgumentException(
            "input '%s' has shape %s and batch.max is %d; a first dimension B and a batch come together"
                .formatted(input.get("name").asText(), input.get("shape"), max));
      }
    }
    return max;
  }

  private static @Nullable String focalHint(JsonNode json) {
    JsonNode hint = json.get("focal_hint");
    return hint == null ? null : hint.get("name").asText();
  }

  private static JsonSchema schema() throws IOException {
    try (InputStream in =
        ModelFolder.class.getResourceAsStream("/lite3r/model-contract.schema.json")) {
      if (in == null) {
        throw new IOException("lite3r/model-contract.schema.json is missing from the schemas jar");
      }
      return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(in);
    }
  }
}
