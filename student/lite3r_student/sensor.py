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


def smooth(x: Tensor, axis: int) -> Tensor:
    """Three-tap mean along an image axis (2 or 3)."""
    pad = (0, 0, 1, 1) if axis == 2 else (1, 1, 0, 0)
    p = F.pad(x, pad, mode="replicate")
    n = x.shape[axis]
    return (p.narrow(axis, 0, n) + 2 * x + p.narrow(axis, 2, n)) * 0.25


def develop(rgb: Tensor, s: Tensor, noise_seed: int | None = None) -> Tensor:
    """rgb (B, S, H, W, 3) linear, s (B, S, 16) -> images (B, S, 3, H, W) in [0, 1], float32."""
    batch, views, height, width, _ = rgb.shape
    x = rgb.reshape(-1, height, width, 3).permute(0, 3, 1, 2).contiguous().clamp(0, 60)
    p = [c.reshape(-1, 1, 1, 1) for c in s.reshape(-1, 16).unbind(-1)]
    lum = x.mean(1)
    # exposure: the window's common key, half-way adapted per view as automatic exposure does
    key = (lum + 1e-3).log().mean((1, 2)).reshape(batch, views)
    key = 0.6 * key + 0.4 * key.mean(1, keepdim=True)
    mean = x.mean((2, 3)).reshape(batch, views, 3).mean(1, keepdim=True)
    tint = (mean.mean(-1, keepdim=True) / (mean + 1e-3)).clamp(0.3, 3.0).expand(-1, views, -1).reshape(-1, 3, 1, 1)
    gain = torch.stack([p[1], torch.zeros_like(p[1]), p[2]], 1).reshape(-1, 3, 1, 1).exp() * tint ** (0.7 * p[14])
    x = x * gain * (0.20 * (p[0] - key.reshape(-1, 1, 1, 1)).exp())
    # lens: vignetting, glow, veil, blur or sharpening, motion
    yy = torch.linspace(-1, 1, height, device=x.device)[:, None]
    xx = torch.linspace(-1, 1, width, device=x.device)[None, :]
    x = x * (1 - p[3] * 0.5 * (yy**2 + xx**2))
    wide = F.interpolate(F.avg_pool2d(x.clamp(max=4), 16), size=(height, width), mode="bilinear", align_corners=False)
    x = x + p[15] * (wide - 0.3).clamp(min=0) + p[9]
    x = x.clamp(max=3.0)
    low = smooth(smooth(x, 2), 3)
    x = (x + p[4] * 1.6 * (low - x)).clamp(min=0)
    two = smooth(smooth(low, 3), 3)
    x = x + p[5] * (torch.where(p[6] < 0.7, two, smooth(smooth(low, 2), 2)) - x)
    # film: shoulder, gamma, contrast, saturation
    x = 1 - (-1.7 * x.clamp(min=0)).exp()
    x = (x + 1e-5) ** ((1 / 2.2) * p[7].exp())
    x = x + p[8] * (x - 0.5) * x * (1 - x) * 4
    y = (x * x.new_tensor([0.299, 0.587, 0.114]).reshape(1, 3, 1, 1)).sum(1, keepdim=True)
    x = y + (x - y) * torch.where(p[12] > 0, torch.zeros_like(p[13]), p[13].clamp(max=0.35).exp())
    # sensor noise, partly smoothed away by the camera
    if noise_seed is None:
        noise = torch.randn_like(x)
    else:
        noise = torch.randn(x.shape, device=x.device, generator=torch.Generator(device=x.device).manual_seed(noise_seed))
    noise = torch.where(p[12] > 0, noise[:, :1].expand_as(noise), noise)
    x = x + p[10] * (0.5 + 1.2 * (1 - y)) * (0.5 * noise + 0.9 * smooth(noise, 3))
    # compression: 8 x 8 blocks, coarser for higher frequencies
    d = dct_matrix().to(x.device)
    kernel = (d[:, None, :, None] * d[None, :, None, :]).reshape(64, 1, 8, 8)  # one 8 x 8 cosine pattern per coefficient
    c = F.conv2d(x.reshape(-1, 1, height, width), kernel, stride=8)
    f = torch.arange(8, device=x.device, dtype=x.dtype)
    q = 0.02 + 0.0144 * (f[:, None] + f[None, :]).reshape(1, 64, 1, 1)
    level = p[11].expand(-1, 3, -1, -1).reshape(-1, 1, 1, 1)
    q = q * level.clamp(min=1e-3)
    c = torch.where(level > 0, (c / q).round() * q, c)
    x = F.conv_transpose2d(c, kernel, stride=8).reshape(x.shape)
    return x.clamp(0, 1).reshape(batch, views, 3, height, width)
