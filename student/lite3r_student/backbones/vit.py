"""What both backbones are made of: blocks of a vision transformer in DINOv2's layout, under its parameter names.

B windows, S views, N tokens of a view (special tokens first, then patches row by row), C channels. Blocks work on (B', N', C): (B S, N, C) when
they mix a view ("frame"), (B, S N, C) when they mix the window ("global"). The part from q, k, v to o is a child called `mixer`, so that `convert.py`
can put a sparse one in its place without an adapter.
"""

from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..attention import DenseMixer

Rope = tuple[Tensor, Tensor]
"""(cos, sin), each (tokens, 2, head_dim / 4): of the row's angle and of the column's."""


def rope_table(rows: int, cols: int, specials: int, head_dim: int, *, same: bool = False, base: float = 100.0, device=None) -> Rope:
    """Rotary angles of a view's tokens. Patches count from 1 in both directions, special tokens sit at 0. With `same`, every patch sits at (1, 1):
    how Depth-Anything-3 tells patches from special tokens across views."""
    y, x = torch.meshgrid(torch.arange(rows, device=device), torch.arange(cols, device=device), indexing="ij")
    place = torch.stack([y, x], -1).reshape(-1, 2).float()  # n 2
    place = torch.ones_like(place) if same else place + 1
    place = torch.cat([place.new_zeros(specials, 2), place])
    quarter = head_dim // 4
    frequency = base ** (-torch.arange(quarter, device=device, dtype=torch.float32) / quarter)
    angle = place[:, :, None] * frequency  # N 2 d/4
    return angle.cos(), angle.sin()


def repeat_rope(rope: Rope, views: int) -> Rope:
    """The table of a whole window: every view has the same places."""
    return tuple(t.repeat(views, 1, 1) for t in rope)


def rotate(x: Tensor, rope: Rope) -> Tensor:
    """x (B, heads, tokens, d): its first half turns with the row, its second with the column; in each half channel i pairs with i + d/4."""
    cos, sin = (t.to(x.dtype) for t in rope)
    a, b = x.unflatten(-1, (2, 2, x.shape[-1] // 4)).unbind(-2)  # B h N 2 d/4
    return torch.stack([a * cos - b * sin, b * cos + a * sin], -2).flatten(-3)


class Attention(nn.Module):
    """Multi-head self-attention; `kind` ("frame" or "global") says what it mixes."""

    def __init__(self, dim: int, heads: int, kind: str, qk_norm: bool):
        super().__init__()
        self.kind, self.heads, self.head_dim = kind, heads, dim // heads
        self.qkv = nn.Linear(dim, 3 * dim)
        self.q_norm, self.k_norm = (nn.LayerNorm(self.head_dim) if qk_norm else nn.Identity() for _ in range(2))
        self.mixer = DenseMixer()
        self.proj = nn.Linear(dim, dim)

    def forward(self, x: Tensor, rope: Rope | None, views: int = 1) -> Tensor:
        q, k, v = self.qkv(x).unflatten(-1, (3, self.heads, self.head_dim)).permute(2, 0, 3, 1, 4).unbind(0)
        q, k = self.q_norm(q), self.k_norm(k)
        if rope is not None:
            q, k = rotate(q, rope), rotate(k, rope)
        return self.proj(self.mixer(q, k, v, views=views).transpose(1, 2).flatten(2))


class Mlp(nn.Module):
    def __init__(self, dim: int, hidden: int, out: int):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(dim, hidden), nn.Linear(hidden, out)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(F.gelu(self.fc1(x)))


class LayerScale(nn.Module):
    def __init__(self, dim: int, start: float):
        super().__init__()
        self.gamma = nn.Parameter(torch.full((dim,), start))

    def forward(self, x: Tensor) -> Tensor:
        return x * self.gamma


class Block(nn.Module):
    """x + scale * attention(norm(x)), then the same with the MLP. `eps` differs between the networks (1e-6 in DINOv2's own blocks)."""

    def __init__(self, dim: int, heads: int, *, kind: str = "frame", qk_norm: bool = False, scale: float = 1.0, eps: float = 1e-6):
        super().__init__()
        norm = partial(nn.LayerNorm, eps=eps)
        self.norm1, self.attn, self.ls1 = norm(dim), Attention(dim, heads, kind, qk_norm), LayerScale(dim, scale)
        self.norm2, self.mlp, self.ls2 = norm(dim), Mlp(dim, 4 * dim, dim), LayerScale(dim, scale)

    def forward(self, x: Tensor, rope: Rope | None = None, views: int = 1) -> Tensor:
        x = x + self.ls1(self.attn(self.norm1(x), rope, views))
        return x + self.ls2(self.mlp(self.norm2(x)))


def run_block(block: Block, x: Tensor, rope: Rope | None) -> Tensor:
    """x (B, S, N, C) through a block of either kind; `rope` is a single view's table."""
    views = x.shape[1]
    if block.attn.kind == "global":
        rope = rope and repeat_rope(rope, views)
        return block(x.flatten(1, 2), rope, views).unflatten(1, (views, x.shape[2]))
    return block(x.flatten(0, 1), rope).unflatten(0, x.shape[:2])


def side_by_side(level: int, inside: Tensor, x: Tensor) -> Tensor:
    """What the heads read: a frame block's tokens and the global block's, (..., 2 C)."""
    return torch.cat([inside, x], -1)


class PatchEmbed(nn.Module):
    """Pictures (I, 3, H, W) -> tokens (I, n, C), one per patch."""

    def __init__(self, dim: int, patch: int):
        super().__init__()
        self.proj = nn.Conv2d(3, dim, patch, patch)

    def forward(self, images: Tensor) -> Tensor:
        return self.proj(images).flatten(2).transpose(1, 2)


def position_grid(table: Tensor, rows: int, cols: int, *, offset: float, antialias: bool) -> Tensor:
    """DINOv2's learned positions (1, 1 + m m, C) resampled (bicubic) to (1, 1 + rows cols, C); the first belongs to the class token.

    `offset` is DINOv2's historical 0.1: sizes are handed over as scale factors (rows + 0.1) / m, which shifts every sample a little. A runtime
    that resamples by sizes would do something else, so an export stores the result and never traces this."""
    side = round((table.shape[1] - 1) ** 0.5)
    if (rows, cols) == (side, side):
        return table
    grid = table[:, 1:].float().unflatten(1, (side, side)).permute(0, 3, 1, 2)
    where = {"scale_factor": ((rows + offset) / side, (cols + offset) / side)} if offset else {"size": (rows, cols)}
    grid = F.interpolate(grid, mode="bicubic", antialias=antialias, **where)
    return torch.cat([table[:, :1].float(), grid.flatten(2).transpose(1, 2)], 1).to(table.dtype)
