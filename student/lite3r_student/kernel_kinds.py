"""What a GPU kernel is for, by its name as the profiler gives it."""

import re

CLASSES = (("linear", r"^triton_(mm|tem)"), ("norm", r"^triton_(per|red)"), ("elementwise (quantise, GELU, RoPE, copies)", r"^triton_"),
           # Triton's own kernels first: a fused one bears the names of everything around it, `scaled_mm` and `cudnn` too
           ("attention, dense", r"cudnn.*(sdpa|flash)|flash|fmha|sdpa|mem_eff"), ("attention, sparse", r"^attend"), ("choice and linear branch", r"^(summarise|finish|select)"),
           ("convolution", r"conv|implicit|fprop|winograd|cudnn"), ("linear", r"gemm|nvjet|cutlass|xmma|cublas|scaled_mm|splitK"),
           ("norm", r"layer_norm"), ("elementwise (quantise, GELU, RoPE, copies)", r"elementwise|copy|cat|memcpy|memset|interpolate|upsample|index"))


def kind_of(kernel: str) -> str:
    for kind, pattern in CLASSES:
        if re.search(pattern, kernel, re.IGNORECASE):
            return kind
    return "other"
