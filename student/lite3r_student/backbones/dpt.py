"""The dense head of both backbones (DPT, arXiv 2103.13413): tokens of four layers -> maps at four scales, fused from coarse to fine.

Maps are (I, C, h, w) with I pictures; r, c rows and columns of patches. Strides relative to the patches: x4, x2, x1, /2. To every map a sinusoidal
embedding of the pixel's place in the picture is added (`place_embedding`), times 0.1.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def place_embedding(rows: int, cols: int, channels: int, height: int, width: int, like: Tensor) -> Tensor:
    """(1, channels, rows, cols): sines and cosines of pixel centres' x, then of y, both in units of half the picture's diagonal."""
    diagonal = (height**2 + width**2) ** 0.5
    quarter = channels // 4
    frequency = 100.0 ** (-torch.arange(quarter, device=like.device, dtype=torch.float32) / quarter)

    def waves(count: int, side: int) -> Tensor:  # count channels/2
        edge = side / diagonal * (count - 1) / count
        angle = torch.linspace(-edge, edge, count, device=like.device)[:, None] * frequency
        return torch.cat([angle.sin(), angle.cos()], -1)

    x = waves(cols, width)[None].expand(rows, -1, -1)
    y = waves(rows, height)[:, None].expand(-1, cols, -1)
    return torch.cat([x, y], -1).permute(2, 0, 1)[None].to(like.dtype)


def with_place(x: Tensor, height: int, width: int) -> Tensor:
    return x + 0.1 * place_embedding(*x.shape[2:], x.shape[1], height, width, x)


class Residual(nn.Module):
    """x + conv(relu(conv(relu(x)))). VGGT's ReLU works in place there, so that what is added is relu(x): `rectified`."""

    def __init__(self, channels: int, rectified: bool):
        super().__init__()
        self.rectified = rectified
        self.conv1, self.conv2 = (nn.Conv2d(channels, channels, 3, 1, 1) for _ in range(2))

    def forward(self, x: Tensor) -> Tensor:
        active = F.relu(x)
        return self.conv2(F.relu(self.conv1(active))) + (active if self.rectified else x)


class Fusion(nn.Module):
    """Adds the finer map, convolves, enlarges (bilinear, corners aligned), mixes channels. The coarsest has no finer map to add."""

    def __init__(self, channels: int, rectified: bool, coarsest: bool = False):
        super().__init__()
        if not coarsest:
            self.resConfUnit1 = Residual(channels, rectified)
        self.resConfUnit2 = Residual(channels, rectified)
        self.out_conv = nn.Conv2d(channels, channels, 1)

    def forward(self, x: Tensor, finer: Tensor | None, size: tuple[int, int]) -> Tensor:
        if finer is not None:
            x = x + self.resConfUnit1(finer)
        return self.out_conv(F.interpolate(self.resConfUnit2(x), size=size, mode="bilinear", align_corners=True))


def add_fusions(scratch: nn.Module, channels: int, rectified: bool, suffix: str = ""):
    for level in (1, 2, 3, 4):
        setattr(scratch, f"refinenet{level}{suffix}", Fusion(channels, rectified, coarsest=level == 4))


def fuse(scratch: nn.Module, maps: list[Tensor], suffix: str = "") -> Tensor:
    """Four maps, finest first -> one at twice the finest's size."""
    x = None
    for level in (4, 3, 2, 1):
        here = maps[level - 1]
        height, width = maps[level - 2].shape[2:] if level > 1 else (2 * here.shape[2], 2 * here.shape[3])
        fusion = getattr(scratch, f"refinenet{level}{suffix}")
        x = fusion(here, None, (height, width)) if x is None else fusion(x, here, (height, width))
    return x


class Pyramid(nn.Module):
    """What both heads begin with; they add their own last layers to `scratch`."""

    def __init__(self, dim: int, channels: int, stages: tuple[int, int, int, int], *, rectified: bool):
        super().__init__()
        a, b, _, d = stages
        self.norm = nn.LayerNorm(dim)
        self.projects = nn.ModuleList(nn.Conv2d(dim, n, 1) for n in stages)
        self.resize_layers = nn.ModuleList([nn.ConvTranspose2d(a, a, 4, 4), nn.ConvTranspose2d(b, b, 2, 2), nn.Identity(), nn.Conv2d(d, d, 3, 2, 1)])
        self.scratch = nn.Module()
        for level, n in enumerate(stages, 1):
            setattr(self.scratch, f"layer{level}_rn", nn.Conv2d(n, channels, 3, 1, 1, bias=False))
        add_fusions(self.scratch, channels, rectified)
        self.scratch.output_conv1 = nn.Conv2d(channels, channels // 2, 3, 1, 1)
        self.scratch.output_conv2 = nn.Sequential(nn.Conv2d(channels // 2, 32, 3, 1, 1), nn.ReLU(), nn.Conv2d(32, 2, 1))

    def project(self, level: int, tokens: Tensor, rows: int, cols: int) -> Tensor:
        """Patch tokens (I, n, dim) of one of the four layers -> (I, its stage's channels, rows, cols)."""
        return self.projects[level](self.norm(tokens).transpose(1, 2).unflatten(2, (rows, cols)))

    def maps(self, projected: list[Tensor], height: int, width: int) -> list[Tensor]:
        """What `project` made of four layers -> maps of `channels` channels, finest first."""
        made = []
        for level, x in enumerate(projected):
            x = self.resize_layers[level](with_place(x, height, width))
            made.append(getattr(self.scratch, f"layer{level + 1}_rn")(x))
        return made

    def depth(self, maps: list[Tensor], height: int, width: int) -> tuple[Tensor, Tensor]:
        """-> depth and confidence (I, H, W): exp and 1 + exp of the last layer."""
        x = self.scratch.output_conv1(fuse(self.scratch, maps))
        x = F.interpolate(x, size=(height, width), mode="bilinear", align_corners=True)
        depth, conf = self.scratch.output_conv2(with_place(x, height, width)).unbind(1)
        return depth.exp(), 1 + conf.exp()
