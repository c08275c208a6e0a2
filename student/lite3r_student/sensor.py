"""From linear light to what a camera stores: exposure, white balance, lens, tone curve, noise, compression.

`develop` works on whole batches on either device. Cameras of one window share most settings (one device took the pictures);
exposure and noise also change a little from view to view. Strength 0 is a clean, well exposed picture (the sample capture).
"""

import torch
from torch import Tensor
from torch.nn import functional as F


def dct_matrix(n: int = 8) -> Tensor:
    k = torch.arange(n, dtype=torch.float32)
    m = torch.cos((2 * k[None] + 1) * k[:, None] * torch.pi / (2 * n)) * (2 / n) ** 0.5
    m[0] /= 2**0.5
    return m


def settings(batch: int, views: int, generator: torch.Generator, strength: float = 1.0, grey: float = 0.12) -> Tensor:
    """(batch, views, 16) random settings on the CPU: one row per picture, columns as read in `develop`."""
    def n(shape):
        return torch.randn(shape, generator=generator) * strength

    def u(shape):
        return torch.rand(shape, generator=generator)

    b, v = (batch, 1), (batch, views)
    one = torch.ones(v)
    cols = [
        0.28 * n(b) + 0.10 * n(v) * (u(b) < 0.6),  # 0 exposure (log)
        0.09 * n(b) + 0.02 * n(v), 0.07 * n(b) + 0.02 * n(v),  # 1, 2 red and blue gain (log)
        strength * 0.45 * u(b) ** 2 * one,  # 3 vignetting
        strength * (0.75 * u(b) - 0.30) + 0.05 * n(v),  # 4 blur (> 0) or sharpening (< 0)
        strength * 0.8 * (u(v) < 0.15) * u(v),  # 5 motion blur
        u(v),  # 6 its direction
        0.13 * n(b),  # 7 gamma (log)
        0.22 * n(b),  # 8 contrast
        strength * 0.06 * u(b) ** 2 * one,  # 9 veil
        (0.004 + strength * 0.035 * u(b) ** 2.5) * one,  # 10 noise
        strength * (u(b) < 0.5) * (0.2 + 1.6 * u(b) ** 2) * one,  # 11 compression
        (u(b) < grey) * one * (strength > 0),  # 12 grey
        0.30 * n(b),  # 13 saturation (log)
        u(b) * one,  # 14 how much the scene's own tint is balanced away
        strength * 0.25 * u(b) ** 2 * one,  # 15 glow around bright parts
    ]
    return torch.stack([c.expand(v) for c in cols], -1)


def smooth(x: Tensor) -> Tensor:
    """3 x 3 mean of maps (I, C, H, W)."""
    return F.avg_pool2d(x, 3, 1, 1, count_include_pad=False)


def light(x: Tensor, gain: Tensor, radius2: Tensor, p: Tensor) -> Tensor:
    """Exposure and vignetting. x (I, 3, pixels), gain (I, 3, 1), radius2 (1, 1, pixels), p (I, 16, 1)."""
    return (x.clamp(0, 60) * gain * (1 - p[:, 3:4] * 0.5 * radius2)).clamp(max=6.0)


def film(x: Tensor, low: Tensor, two: Tensor, noise: Tensor, grain: Tensor, p: Tensor) -> Tensor:
    """Sharpness, motion, tone curve, saturation, noise: all that happens pixel by pixel. Maps (I, 3, pixels), p (I, 16, 1)."""
    x = (x + p[:, 4:5] * 1.6 * (low - x)).clamp(min=0)
    x = x + p[:, 5:6] * (two - x)
    x = 1 - (-1.7 * x.clamp(min=0)).exp()
    x = (x + 1e-5) ** ((1 / 2.2) * p[:, 7:8].exp())
    x = x + p[:, 8:9] * (x - 0.5) * x * (1 - x) * 4
    y = 0.299 * x[:, :1] + 0.587 * x[:, 1:2] + 0.114 * x[:, 2:]
    grey = (p[:, 12:13] > 0).to(x.dtype)
    x = y + (x - y) * (1 - grey) * p[:, 13:14].clamp(max=0.35).exp()
    both = 0.5 * noise + 0.9 * grain
    both = both + grey * (both[:, :1] - both)
    return x + p[:, 10:11] * (0.5 + 1.2 * (1 - y)) * both


def develop(rgb: Tensor, s: Tensor, noise_seed: int | None = None, light=light, film=film) -> Tensor:
    """rgb (B, S, H, W, 3) linear, s (B, S, 16) -> images (B, S, 3, H, W) in [0, 1], float32. `light`, `film` may be compiled ones."""
    batch, views, height, width, _ = rgb.shape
    x = rgb.reshape(-1, height, width, 3).permute(0, 3, 1, 2).contiguous()
    p = s.reshape(-1, 16, 1, 1)
    small = F.avg_pool2d(x.clamp(0, 60), 4)
    # exposure: each view's key, drawn half-way towards the window's, as automatic exposure does; the scene's tint partly balanced away
    key = (small.mean(1) + 1e-3).log().mean((1, 2)).reshape(batch, views)
    key = 0.6 * key + 0.4 * key.mean(1, keepdim=True)
    mean = small.mean((2, 3)).reshape(batch, views, 3).mean(1, keepdim=True)
    tint = (mean.mean(-1, keepdim=True) / (mean + 1e-3)).clamp(0.3, 3.0).expand(-1, views, -1).reshape(-1, 3, 1, 1)
    gain = torch.cat([p[:, 1:2], torch.zeros_like(p[:, :1]), p[:, 2:3]], 1).exp() * tint ** (0.7 * p[:, 14:15])
    gain = gain * 0.20 * (p[:, :1] - key.reshape(-1, 1, 1, 1)).exp()
    yy = torch.linspace(-1, 1, height, device=x.device)[:, None]
    xx = torch.linspace(-1, 1, width, device=x.device)[None, :]
    flat = p[..., 0]
    x = light(x.flatten(2), gain[..., 0], (yy**2 + xx**2).reshape(1, 1, -1), flat).reshape(x.shape)
    wide = F.interpolate((p[:, 15:16] * (F.avg_pool2d(x, 16) - 0.3).clamp(min=0)), size=(height, width), mode="bilinear", align_corners=False)  # glow
    x = (x + wide + p[:, 9:10]).clamp(max=3.0)
    low = smooth(x)
    if noise_seed is None:
        noise = torch.randn_like(x)
    else:
        noise = torch.randn(x.shape, device=x.device, generator=torch.Generator(device=x.device).manual_seed(noise_seed))
    x = film(*(m.flatten(2) for m in (x, low, smooth(low), noise, smooth(noise))), flat).reshape(x.shape)
    # compression: 8 x 8 blocks, coarser for higher frequencies
    d = dct_matrix().to(x.device)
    basis = (d[:, None, :, None] * d[None, :, None, :]).reshape(64, 64)  # one cosine pattern per row
    c = x.reshape(-1, 3, height // 8, 8, width // 8, 8).permute(0, 2, 4, 1, 3, 5).reshape(-1, 64) @ basis.T
    f = torch.arange(8, device=x.device, dtype=x.dtype)
    q = (0.02 + 0.0144 * (f[:, None] + f[None, :]).reshape(1, 1, 64)) * p[:, 11:12, :, 0].clamp(min=1e-4)
    c = c.reshape(x.shape[0], -1, 64)
    x = ((c / q).round() * q).reshape(-1, 64) @ basis
    x = x.reshape(-1, height // 8, width // 8, 3, 8, 8).permute(0, 3, 1, 4, 2, 5).reshape(batch * views, 3, height, width)
    return x.clamp(0, 1).reshape(batch, views, 3, height, width)
