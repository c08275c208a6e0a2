"""Multi-head self-attention with QK-norm and 2-D rotary positions: the dense reference.

One `Attention` module serves both kinds of block of the model (see `model.py`):

* a *frame* block mixes the tokens of one view:        x is (B*S, N, C)
* a *global* block mixes the tokens of a whole window: x is (B, S*N, C), views one after the other

where B windows, S views per window, N tokens per view (special tokens first, then the patches row by row), C channels.
Which of the two a layer is stands in `kind`, and its dotted name in `layer_name`, so that a conversion finds the global layers without
guessing: ``[m for m in model.modules() if isinstance(m, Attention) and m.kind == "global"]``.

The arithmetic is split in three so that another attention can take the place of the middle only:
`project` (x -> q, k, v with norm and rotation), `mixer` (q, k, v -> o, every head on its own: dense here, sparse linear in
`sparse.py`), and the output projection.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

Rope = tuple[Tensor, Tensor]
"""(cos, sin), each (tokens, head_dim // 2) float32; special tokens have cos = 1, sin = 0: they have no place in the image."""


def rope_2d(rows: int, cols: int, specials: int, head_dim: int, device=None, base: float = 100.0) -> Rope:
    """Rotary angles of one view's tokens: `specials` unrotated ones, then rows x cols patches.

    The first half of the frequency pairs turns with the row, the second half with the column. Positions are counted in patches
    from the image's centre, so that the centre (where the optical axis passes) looks the same for every aspect ratio.
    """
    pairs = head_dim // 4
    frequency = base ** (-torch.arange(pairs, device=device, dtype=torch.float32) / pairs)
    y = torch.arange(rows, device=device, dtype=torch.float32) - (rows - 1) / 2
    x = torch.arange(cols, device=device, dtype=torch.float32) - (cols - 1) / 2
    angle_y = (y[:, None] * frequency)[:, None, :].expand(rows, cols, pairs)
    angle_x = (x[:, None] * frequency)[None, :, :].expand(rows, cols, pairs)
    angle = torch.cat([angle_y, angle_x], -1).reshape(rows * cols, 2 * pairs)
    angle = torch.cat([angle.new_zeros(specials, 2 * pairs), angle])
    return angle.cos(), angle.sin()


def rotate(x: Tensor, rope: Rope) -> Tensor:
    """Turns the channel pairs (i, i + d/2) of x (B, heads, tokens, d) by the tokens' angles."""
    cos, sin = (r.to(x.dtype) for r in rope)
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * cos - b * sin, a * sin + b * cos], dim=-1)


class DenseMixer(nn.Module):
    """The part of attention that a sparse one replaces: softmax(q k^T / sqrt(d)) v, all (B, heads, tokens, head_dim)."""

    def forward(self, q: Tensor, k: Tensor, v: Tensor, views: int = 1) -> Tensor:
        return F.scaled_dot_product_attention(q, k, v)


class Attention(nn.Module):
    """Dense attention: softmax(q k^T / sqrt(d)) v for every head.

    `qkv.weight` is (3 C, C): rows of q, then of k, then of v, each ordered by head. q and k are RMS-normalised per head (`q_norm`,
    `k_norm`: one learned gain per channel, shared by the heads) before the rotation.
    """

    def __init__(self, dim: int, heads: int, kind: str, layer_name: str):
        super().__init__()
        assert kind in ("frame", "global") and dim % heads == 0
        self.kind, self.layer_name = kind, layer_name
        self.dim, self.heads, self.head_dim = dim, heads, dim // heads
        self.qkv = nn.Linear(dim, 3 * dim, bias=False)
        self.q_norm = nn.RMSNorm(self.head_dim, eps=1e-6)
        self.k_norm = nn.RMSNorm(self.head_dim, eps=1e-6)
        self.mixer = DenseMixer()
        self.proj = nn.Linear(dim, dim, bias=False)

    def project(self, x: Tensor, rope: Rope) -> tuple[Tensor, Tensor, Tensor]:
        """x (B, tokens, C) -> q, k, v, each (B, heads, tokens, head_dim); q and k normalised and rotated."""
        q, k, v = self.qkv(x).unflatten(-1, (3, self.heads, self.head_dim)).permute(2, 0, 3, 1, 4).unbind(0)
        return rotate(self.q_norm(q), rope), rotate(self.k_norm(k), rope), v

    def forward(self, x: Tensor, rope: Rope, views: int = 1) -> Tensor:
        """x (B, tokens, C) -> (B, tokens, C). In a global layer tokens are those of `views` views, one after the other, and `rope`
        is the views' rope repeated as often; a sparse mixer needs `views` to find the special tokens, a dense one does not."""
        o = self.mixer(*self.project(x, rope), views=views)
        return self.proj(o.transpose(1, 2).flatten(2))
