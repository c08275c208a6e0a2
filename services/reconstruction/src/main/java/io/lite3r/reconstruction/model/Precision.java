package io.lite3r.reconstruction.model;

/** How the model's numbers are stored; it decides the session's options. */
public enum Precision {
  FP32("fp32"),
  FP16_WEIGHTS("fp16-weights"),
  /** Computed in float16, too: for GPUs. */
  FP16("fp16"),
  INT8_DYNAMIC("int8-dynamic"),
  FP8_QDQ("fp8-qdq");

  private final String contractName;

  Precision(String contractName) {
    this.contractName = contractName;
  }

  /** As contract.json writes it. */
  public String contractName() {
    return contractName;
  }

  public static Precision of(String contractName) {
    for (Precision precision : values()) {
      if (precision.contractName.equals(contractName)) {
        return precision;
      }
    }
    throw new IllegalArgumentException("no precision is called " + contractName);
  }
}
