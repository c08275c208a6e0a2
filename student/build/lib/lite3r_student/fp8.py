"""FP8 (E4M3) as it is deployed, rehearsed in floating point: "fake quantisation", with gradients straight through.

The format. E4M3 has 4 exponent and 3 mantissa bits: 448 is the largest number, 2^-6 the smallest normal one, 2^-9 the smallest at
all; between powers of two there are 8 steps, so the relative rounding error is at most 1/16 and about 2.6 % RMS = 31 dB of signal to
noise, *independent of the size* of the value as long as it stays within the 15 octaves of normal numbers. That is why FP8 is
far less afraid of outliers than INT8.

The deployment (TensorRT, cuBLASLt): y = (s_x s_w) (Q(x / s_x) Q(w / s_w)^T) + b, where Q rounds to E4M3 and saturates,

    s_w   one scale per output row of the weight:  amax(|row|) / 448
    s_x   one *static* scale per layer's input, chosen once on calibration data

A dynamic scale per token would be kinder but needs a pass over the activations at run time; so what we rehearse is static. Three rules
choose s_x = limit / 448 from a histogram of |x|:

    amax         limit = largest value seen: nothing saturates
    percentile   limit = value that 99.99 % stay below: rare outliers saturate, all others get the finer steps near zero
    mse          limit that minimises sum (Q(x) - x)^2

E4M3's relative steps make all three nearly equal (the tests show it); they differ only when values fall below the normal range.

The gradient of rounding is zero almost everywhere, so training pretends it is the identity (straight-through) where the value did not
saturate, and zero where it did.

Which layers: the linear layers of the transformer. The ends stay in high precision: image stem, positions, norms, softmax,
the heads that emit depth and pose. `convert.py` selects; this file knows one layer.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

E4M3_MAX = 448.0
BINS = 2048  # of the calibration histogram: 32 octaves, 64 bins each


@dataclass(frozen=True)
class Fp8Recipe:
    rule: str = "mse"
    """How a static activation scale is chosen: amax, percentile or mse."""
    percentile: float = 99.99

    def __post_init__(self):
        if self.rule not in ("amax", "percentile", "mse"):
            raise ValueError(f"rule must be amax, percentile or mse, not {self.rule!r}")
        if not 50 < self.percentile <= 100:
            raise ValueError(f"percentile must lie in (50, 100], not {self.percentile}")


def round_e4m3(x: Tensor) -> Tensor:
    """To the nearest E4M3 number, saturating at +-448 (a bare cast would make NaN of anything above 464)."""
    return x.clamp(-E4M3_MAX, E4M3_MAX).to(torch.float8_e4m3fn).to(x.dtype)


class _StraightThrough(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, scale):
        ctx.save_for_backward((x.abs() <= E4M3_MAX * scale))
        return round_e4m3(x / scale) * scale

    @staticmethod
    def backward(ctx, grad):
        (inside,) = ctx.saved_tensors
        return grad * inside, None


def fake_quantise(x: Tensor, scale: Tensor) -> Tensor:
    """Q(x / scale) scale, differentiable; `scale` broadcasts (one number, or (rows, 1) for a weight)."""
    return _StraightThrough.apply(x, scale)


def weight_scale(weight: Tensor) -> Tensor:
    """(out, in) -> (out, 1). A row of zeros gets scale 1: it has nothing to represent."""
    amax = weight.detach().abs().amax(1, keepdim=True)
    return torch.where(amax > 0, amax / E4M3_MAX, torch.ones_like(amax))


class Histogram:
    """|x| of everything a layer was fed, in bins of equal ratio (1/64 octave wide, 2^-20 to 2^12), plus the exact maximum."""

    def __init__(self):
        self.counts, self.amax = torch.zeros(BINS, dtype=torch.float64), 0.0

    def add(self, x: Tensor):
        magnitude = x.detach().abs().flatten().float()
        if not torch.isfinite(magnitude).all():
            raise ValueError("calibration saw a value that is not finite")
        self.amax = max(self.amax, magnitude.max().item())
        magnitude = magnitude[magnitude > 0]
        bins = ((magnitude.log2() + 20) * 64).long().clamp(0, BINS - 1)
        self.counts += torch.bincount(bins, minlength=BINS).cpu().double()

    def centres(self) -> Tensor:
        return 2 ** ((torch.arange(BINS, dtype=torch.float64) + 0.5) / 64 - 20)

    def scale(self, recipe: Fp8Recipe) -> float:
        """The static scale, limit / 448."""
        if self.amax == 0:
            raise ValueError("calibration saw no value other than zero")
        if recipe.rule == "amax":
            limit = self.amax
        elif recipe.rule == "percentile":
            share = self.counts.cumsum(0) / self.counts.sum()
            limit = min(self.amax, self.centres()[torch.searchsorted(share, recipe.percentile / 100).clamp(max=BINS - 1)].item())
        else:
            limit = self._least_error_limit()
        return limit / E4M3_MAX

    def _least_error_limit(self) -> float:
        """Tries limits from amax down by eighths of an octave over 4 octaves: the error is a sum over bins, so this costs nothing."""
        x = self.centres().float()
        limits = [self.amax * 2 ** (-step / 8) for step in range(33)]
        errors = [((round_e4m3(x * (E4M3_MAX / t)) * (t / E4M3_MAX) - x).double() ** 2 * self.counts).sum().item() for t in limits]
        return limits[min(range(len(limits)), key=errors.__getitem__)]


class Fp8Linear(nn.Module):
    """A linear layer whose weight and input pass through E4M3. The weight itself stays in full precision, for training and for export.

    Until `calibrated`, it computes like the layer it was made from and collects a histogram of its input.
    """

    def __init__(self, linear: nn.Linear, recipe: Fp8Recipe):
        super().__init__()
        self.weight, self.bias, self.recipe = linear.weight, linear.bias, recipe  # shared, not copied: not a bit may change
        self.in_features, self.out_features = linear.in_features, linear.out_features
        self.register_buffer("input_scale", torch.zeros((), device=linear.weight.device))
        self.histogram = Histogram()
        self.register_load_state_dict_post_hook(_loaded)

    @property
    def calibrated(self) -> bool:
        return self.histogram is None

    def finish_calibration(self):
        self.input_scale.fill_(self.histogram.scale(self.recipe))
        self.histogram = None

    def forward(self, x: Tensor) -> Tensor:
        """x (..., in) -> (..., out)."""
        if not self.calibrated:
            self.histogram.add(x)
            return F.linear(x, self.weight, self.bias)
        weight = fake_quantise(self.weight, weight_scale(self.weight))
        return F.linear(fake_quantise(x, self.input_scale), weight, self.bias)

    def extra_repr(self):
        state = f"input_scale={self.input_scale.item():.3g}" if self.calibrated else "calibrating"
        return f"{self.in_features}, {self.out_features}, e4m3, {state}"


def _loaded(layer: Fp8Linear, _):
    """A stored scale ends calibration; a stored zero is a layer that was saved while calibrating."""
    if layer.input_scale > 0:
        layer.histogram = None


def calibrate(model: nn.Module, run) -> int:
    """Feeds calibration data by calling `run(model)`, then fixes every scale. Returns the number of layers; a layer that
    saw nothing is an error with its name, because its scale would be invented."""
    with torch.no_grad():
        run(model)
    layers = {name: m for name, m in model.named_modules() if isinstance(m, Fp8Linear) and not m.calibrated}
    for name, layer in layers.items():
        try:
            layer.finish_calibration()
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
    return len(layers)


def sqnr(exact: Tensor, approximate: Tensor) -> float:
    """Signal to quantisation noise, in decibels: 10 log10 (|x|^2 / |x - x'|^2)."""
    exact, approximate = exact.double(), approximate.double()
    noise = (exact - approximate).square().sum()
    return float("inf") if noise == 0 else (10 * torch.log10(exact.square().sum() / noise)).item()
