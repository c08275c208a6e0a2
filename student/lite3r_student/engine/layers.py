"""Linear layers and dense attention as an engine wants them.

Float16 is the base type. A `Rounding` stands wherever the FP8 graph has a Q/DQ pair: it is off (the float16 graph), measures, or rounds to E4M3 with one
scale for the whole tensor. q, k and v are three products of one rounded input, so that nothing is cut out of a packed tensor; the attention scale is folded
into q's norm or weights; products of E4M3 inside attention are written in float32 between casts, since only such are fused into FP8 attention.
"""

import torch
from torch import Tensor, nn

from ..attention import rotate
from ..convert import replace
from ..fp8 import E4M3_MAX

OFF, MEASURING, ON = "off", "measuring", "on"


class Rounding(nn.Module):
    """To E4M3 and back. `limit`: the largest magnitude to expect, where it is known beforehand."""

    def __init__(self, limit: float | None = None):
        super().__init__()
        self.mode, self.limit = OFF, limit
        self.register_buffer("scale", torch.ones((), dtype=torch.float16))

    def forward(self, x: Tensor) -> Tensor:
        if self.mode == MEASURING and self.limit is None:
            seen = x.detach().abs().amax().float()
            self.amax = torch.maximum(self.amax, seen) if hasattr(self, "amax") else seen
        return torch.ops.lite3r.e4m3_activation(x, self.scale) if self.mode == ON else x

    def settle(self, name: str):
        limit = self.limit if self.limit is not None else getattr(self, "amax", torch.zeros(())).item()
        if not 0 < limit < float("inf"):
            raise ValueError(f"{name}: calibration saw magnitudes up to {limit}; a scale needs something finite above zero")
        self.scale.fill_(max(limit / E4M3_MAX, 2.0**-20))


class Product(nn.Module):
    """x W + b for an x that is already rounded. The weight is stored (in, out), as the runtime multiplies it."""

    def __init__(self, weight: Tensor, bias: Tensor | None):
        super().__init__()
        self.weight = nn.Parameter(weight.detach().t().contiguous().half(), requires_grad=False)
        self.bias = None if bias is None else nn.Parameter(bias.detach().half(), requires_grad=False)
        self.rounding = Rounding(limit=weight.detach().abs().max().item())

    def forward(self, x: Tensor) -> Tensor:
        y = torch.matmul(x, self.rounding(self.weight))
        return y if self.bias is None else y + self.bias


class HalfLinear(nn.Module):
    def __init__(self, linear: nn.Linear):
        super().__init__()
        self.rounding, self.product = Rounding(), Product(linear.weight, linear.bias)

    def forward(self, x: Tensor) -> Tensor:
        return self.product(self.rounding(x.half()))


class HalfConv(nn.Module):
    """A convolution, transposed or not, in float16."""

    def __init__(self, conv: nn.Module):
        super().__init__()
        self.conv = conv.half()

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x.half())


class HalfAttention(nn.Module):
    """Takes the place of either `Attention`. `quarters`: rotary pairs lie a quarter of a head apart, row's and column's one after the other; rows of the
    weights are put in the order of halves, which the product of q and k does not notice."""

    def __init__(self, attention: nn.Module, quarters: bool):
        super().__init__()
        self.kind, self.heads, self.head_dim = attention.kind, attention.heads, attention.head_dim
        order = torch.arange(self.head_dim)
        if quarters:
            order = order.unflatten(0, (2, 2, -1)).transpose(0, 1).flatten()
        rows = (torch.arange(self.heads)[:, None] * self.head_dim + order).flatten()
        weights = attention.qkv.weight.detach().chunk(3)
        biases = (None,) * 3 if attention.qkv.bias is None else attention.qkv.bias.detach().chunk(3)
        self.q_norm, self.k_norm = (permuted(norm, order) for norm in (attention.q_norm, attention.k_norm))
        scale = self.head_dim**-0.5
        scaled = not isinstance(self.q_norm, nn.Identity)
        if scaled:
            for value in self.q_norm.parameters():
                value.mul_(scale)
        self.rounding = Rounding()
        self.products = nn.ModuleList()
        for i, (weight, bias) in enumerate(zip(weights, biases)):
            factor = scale if i == 0 and not scaled else 1.0
            pick = (lambda t: t) if i == 2 else (lambda t: t[rows.to(t.device)])
            self.products.append(Product(pick(weight) * factor, None if bias is None else pick(bias) * factor))
        self.of_q, self.of_k, self.of_v, self.of_share = Rounding(), Rounding(), Rounding(), Rounding(limit=1.0)
        self.proj = HalfLinear(attention.proj)

    def forward(self, x: Tensor, rope=None, views: int = 1) -> Tensor:
        x = self.rounding(x.half())
        q, k, v = (product(x).unflatten(-1, (self.heads, self.head_dim)).transpose(1, 2) for product in self.products)
        q, k = self.q_norm(q), self.k_norm(k)
        if rope is not None:
            rope = tuple(t.flatten(1).half() for t in rope)
            q, k = rotate(q, rope), rotate(k, rope)
        q, k, v = self.of_q(q), self.of_k(k.transpose(-1, -2)), self.of_v(v)
        if self.of_q.mode == ON:
            share = (q.float() @ k.float()).half().softmax(-1)
            o = (self.of_share(share).float() @ v.float()).half()
        else:
            o = (q @ k).softmax(-1) @ v
        return self.proj(o.transpose(1, 2).flatten(2))


def permuted(norm: nn.Module, order: Tensor) -> nn.Module:
    """A copy in float16 with its channels in that order."""
    import copy

    norm = copy.deepcopy(norm).half().requires_grad_(False)
    for value in norm.parameters():
        value.copy_(value[order.to(value.device)])
    return norm


def roundings(model: nn.Module) -> dict[str, Rounding]:
    return {name: m for name, m in model.named_modules() if isinstance(m, Rounding)}


def set_mode(model: nn.Module, mode: str, where: str):
    """Of all roundings whose name begins with `where`; the others stay off: they belong to layers that keep float16."""
    for name, rounding in roundings(model).items():
        rounding.mode = mode if name.startswith(where) else OFF


@torch.no_grad()
def calibrate(model: nn.Module, run, where: str):
    """Feeds calibration data by calling `run(model)`, then fixes every scale below `where`."""
    set_mode(model, MEASURING, where)
    run(model)
    for name, rounding in roundings(model).items():
        if name.startswith(where):
            rounding.settle(name)


def replace_each(model: nn.Module, kind: type, made) -> None:
    for name, m in list(model.named_modules()):
        if type(m) is kind:
            replace(model, name, made(m))


