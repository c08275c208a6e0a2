"""A long window of a backbone in less memory, and the same numbers: what peaks is made in pieces, and no tensor waits for its use at full width.

Counted in matrices of tokens x C. Between trunk and heads the published order lets the tokens of four layers wait, 2 C wide: 8 matrices. The dense head begins with
a norm and one product for each layer, and both can be had as soon as the layer's block is through (`project`): 0.25, 0.5, 1 and 1 of them wait instead.
Global attention holds q, k and v before and after norm and rotation, 6 matrices, and the kernel's packed k and v; heads do not look at each other, so a long
window takes them in groups, one after the other (`HeadsInTurn`). Everything else that grows with the window is in pieces already (`deploy.ChunkedMlp`; the heads' maps).
Weights that depth and pose do not need are not kept (`served`).
"""

import copy

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .backbones.da3 import DepthAnything3
from .backbones.vit import Attention, Rope, rotate
from .convert import replace
from .deploy import CHUNK, DeployedFp8Linear
from .hopper import HopperMixer
from .sparse import SparseLinearMixer

PROJECTED = 16
"""Views whose tokens are put side by side, 2 C wide, at a time."""


def product(layer: nn.Module, x: Tensor, rows: slice) -> Tensor:
    """Some rows of a linear layer's output."""
    if isinstance(layer, DeployedFp8Linear):
        return layer(x, rows)
    return F.linear(x, layer.weight[rows], None if layer.bias is None else layer.bias[rows])


def mixer_of(mixer: nn.Module, heads: slice) -> nn.Module:
    """The mixer of some heads. Its projection, where every head has its own, is a view."""
    part = copy.copy(mixer)
    part._parameters, part._buffers = dict(mixer._parameters), dict(mixer._buffers)
    if isinstance(mixer, HopperMixer):
        if len(mixer.projection) > 1:
            part._buffers["projection"] = mixer.projection[heads]
    elif isinstance(mixer, SparseLinearMixer) and mixer.recipe.per_head:
        for name, value in mixer._parameters.items():
            part._parameters[name] = None if value is None else nn.Parameter(value[heads], requires_grad=False)
        part.heads = heads.stop - heads.start
    return part


class HeadsInTurn(nn.Module):
    """Takes the place of a backbone's `Attention`. `groups`: of heads, in a window of at least `least` tokens; a group's products must still fill the GPU (4 heads
    of width 64 make 256 columns)."""

    def __init__(self, attention: Attention, groups: int, least: int = 2 * CHUNK):
        super().__init__()
        self.whole, self.kind, self.least = attention, attention.kind, least
        size = -(-attention.heads // groups)
        self.groups = [slice(i, min(i + size, attention.heads)) for i in range(0, attention.heads, size)]
        self.mixers = nn.ModuleList(mixer_of(attention.mixer, heads) for heads in self.groups)

    def forward(self, x: Tensor, rope: Rope | None, views: int = 1) -> Tensor:
        a = self.whole
        if x.shape[:-1].numel() < self.least:
            return a(x, rope, views)
        dim, mixed = a.heads * a.head_dim, []
        for heads, mixer in zip(self.groups, self.mixers):
            q, k, v = (
                product(a.qkv, x, slice(part * dim + heads.start * a.head_dim, part * dim + heads.stop * a.head_dim)).unflatten(-1, (-1, a.head_dim)).transpose(1, 2)
                for part in range(3))
            q, k = a.q_norm(q), a.k_norm(k)
            if rope is not None:
                q, k = rotate(q, rope), rotate(k, rope)
            mixed.append(mixer(q, k, v, views=views).transpose(1, 2).flatten(2))
        return a.proj(torch.cat(mixed, -1))


def take_heads_in_turn(model: nn.Module, **how) -> nn.Module:
    """Gives every global layer `HeadsInTurn`, in place."""
    for name, m in list(model.named_modules()):
        if isinstance(m, Attention) and m.kind == "global":
            replace(model, name, HeadsInTurn(m, **how))
    return model


def served(model: nn.Module) -> nn.Module:
    """Without what only other questions need, in place: given poses' encoder and the rays' part of Depth-Anything-3's head."""
    if isinstance(model, DepthAnything3):
        model.cam_enc = None
        for name in [n for n, _ in model.head.scratch.named_children() if n.endswith("_aux")]:
            delattr(model.head.scratch, name)
    return model


class Projected:
    """What the heads need of four layers, made as each comes out of the trunk: the dense head's first product (I, channels, rows, cols) for each, and
    the last layer's camera tokens (B, S, 2 C)."""

    def __init__(self, model: nn.Module, rows: int, cols: int, views: int = PROJECTED):
        self.model, self.rows, self.cols, self.views, self.cameras = model, rows, cols, views, None

    def __call__(self, level: int, inside: Tensor, x: Tensor) -> Tensor:
        """inside, x (B, S, N, C): tokens of a frame block, and of the global block behind it."""
        m = self.model
        head = m.head if isinstance(m, DepthAnything3) else m.depth_head
        self.cameras = torch.cat([inside[:, :, 0], x[:, :, 0]], -1)
        pieces = []
        for a, b in zip(inside.flatten(0, 1).split(self.views), x.flatten(0, 1).split(self.views)):
            a, b = a[:, m.specials :], b[:, m.specials :]
            pieces.append(head.project(level, torch.cat([a, m.backbone.pretrained.norm(b) if isinstance(m, DepthAnything3) else b], -1), self.rows, self.cols))
        return torch.cat(pieces)
