"""Graphs for TensorRT: one size each, float16 throughout or with Q/DQ pairs that make linear layers and attention run in FP8 (docs/adr/0029)."""
