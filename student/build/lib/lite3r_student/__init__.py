"""Makes Lite3R Stream's reconstruction model: procedural scenes -> dense teacher -> sparse, quantised student -> ONNX."""

__version__ = "0.1.0"
