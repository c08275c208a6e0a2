"""A student as it runs on a Hopper GPU from PyTorch: real FP8 products, the attention kernel, cuDNN for what stays dense.

`fp8.py` rehearses FP8 in floating point; here the same scheme is carried out: y = (s_x s_w) (Q(x / s_x) Q(w / s_w)^T) + b with one static scale per
layer's input and one per output row. The product takes s_x; s_w and the bias are a multiplication and an addition behind it, which the compiler joins to whatever
comes next, as it joins Q to the norm or GELU in front. A GPU without FP8, or a CPU, multiplies the same rounded numbers in floating point.
"""

import copy

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel

from . import hopper
from .convert import replace
from .fp8 import E4M3_MAX, Fp8Linear, weight_scale
from .sparse import SparseLinearMixer

CHUNK = 16384
"""Tokens that pass a student's MLP at a time where there are at least twice as many: its hidden layer is what peaks."""


def dense_attention():
    """Context: dense attention by cuDNN on a GPU, by whatever there is elsewhere."""
    return sdpa_kernel([SDPBackend.CUDNN_ATTENTION, SDPBackend.FLASH_ATTENTION, SDPBackend.MATH], set_priority=True)


class DeployedFp8Linear(nn.Module):
    def __init__(self, layer: Fp8Linear, dtype: torch.dtype):
        super().__init__()
        if not layer.calibrated:
            raise ValueError("an FP8 layer must be calibrated before it is deployed")
        scale = weight_scale(layer.weight)
        stored = (layer.weight.detach().float() / scale).clamp(-E4M3_MAX, E4M3_MAX).to(torch.float8_e4m3fn)
        self.register_buffer("weight", stored)
        self.register_buffer("row_scale", scale[:, 0].float())
        self.register_buffer("input_scale", layer.input_scale.detach().float().clone())
        self.register_buffer("one", torch.ones((), device=stored.device))
        self.register_buffer("bias", layer.bias.detach().to(dtype) if layer.bias is not None else None)

    def forward(self, x: Tensor, rows: slice = slice(None)) -> Tensor:
        """`rows`: of the output, when not all of it is wanted now."""
        weight, bias = self.weight[rows], self.bias if self.bias is None else self.bias[rows]
        rounded = (x.float() / self.input_scale).clamp(-E4M3_MAX, E4M3_MAX).to(torch.float8_e4m3fn)
        if x.is_cuda:
            flat = rounded.flatten(0, -2)
            y = torch._scaled_mm(flat, weight.t(), scale_a=self.input_scale, scale_b=self.one, out_dtype=torch.bfloat16, use_fast_accum=True)
            y = y.unflatten(0, x.shape[:-1])
        else:
            y = F.linear(rounded.float() * self.input_scale, weight.float())
        y = y.float() * self.row_scale[rows]
        return (y if bias is None else y + bias.float()).to(x.dtype)


class ChunkedMlp(nn.Module):
    """An MLP of the backbones in pieces of CHUNK tokens."""

    def __init__(self, mlp: nn.Module):
        super().__init__()
        self.fc1, self.fc2 = mlp.fc1, mlp.fc2

    def forward(self, x: Tensor) -> Tensor:
        tokens = x.shape[:-1].numel()
        if tokens < 2 * CHUNK:
            return self.fc2(F.gelu(self.fc1(x)))
        pieces = x.flatten(0, -2).split(-(-tokens // (tokens // CHUNK)))
        return torch.cat([self.fc2(F.gelu(self.fc1(piece))) for piece in pieces]).unflatten(0, x.shape[:-1])


def deploy(student: nn.Module, *, dtype: torch.dtype = torch.bfloat16, variant: str | None = None) -> nn.Module:
    """A copy of a converted and calibrated backbone that computes in `dtype`, FP8 where it was rehearsed. `variant`: how sparse attention runs
    (`hopper.VARIANTS`); None leaves it in plain PyTorch."""
    scales = {name: m.input_scale for name, m in student.named_modules() if isinstance(m, Fp8Linear)}
    model = copy.deepcopy(student).requires_grad_(False).eval()
    for name in scales:
        replace(model, name, DeployedFp8Linear(model.get_submodule(name), dtype))
    for name, m in list(model.named_modules()):
        if isinstance(m, SparseLinearMixer) and variant is not None:
            replace(model, name, hopper.HopperMixer(m, variant))
        elif hasattr(m, "fc1") and isinstance(m.fc1, DeployedFp8Linear):
            replace(model, name, ChunkedMlp(m))
    return to_dtype(model, dtype)


def to_dtype(model: nn.Module, dtype: torch.dtype) -> nn.Module:
    """Like `.to(dtype)`, but scales and the kernel's projection stay in float32 and stored FP8 stays FP8."""
    for m in model.modules():
        if isinstance(m, (DeployedFp8Linear, hopper.HopperMixer)):
            continue
        for store in (m._parameters, m._buffers):
            for name, value in store.items():
                if value is not None and value.dtype == torch.float32:
                    store[name] = nn.Parameter(value.detach().to(dtype), requires_grad=False) if store is m._parameters else value.to(dtype)
    return model


def stored_bytes(model: nn.Module) -> int:
    """Bytes of weights and buffers, a tied one once."""
    return sum({t.data_ptr(): t.numel() * t.element_size() for t in [*model.parameters(), *model.buffers()]}.values())
