"""A model of the real one's shape, small enough for tests: convolutional stem, blocks that alternate frame and global attention, head."""

import torch
from torch import nn

from lite3r_student.attention import Attention, rope_2d
from lite3r_student.convert import Recipe
from lite3r_student.fp8 import Fp8Recipe
from lite3r_student.sparse import SparseRecipe

SPECIALS, ROWS, COLS, DIM, HEADS = 2, 4, 5, 32, 2


class Block(nn.Module):
    def __init__(self, kind, name):
        super().__init__()
        self.norm, self.attention = nn.LayerNorm(DIM), Attention(DIM, HEADS, kind, name)
        self.mlp = nn.Sequential(nn.Linear(DIM, 2 * DIM), nn.GELU(), nn.Linear(2 * DIM, DIM))

    def forward(self, x, rope, views):
        x = x + self.attention(self.norm(x), rope, views)
        return x + self.mlp(x)


class Toy(nn.Module):
    """Stem (convolution), four blocks that alternate frame and global, head: the shape of the real model, tiny."""

    def __init__(self, seed=0):
        super().__init__()
        torch.manual_seed(seed)
        self.stem = nn.Conv2d(3, DIM, 4, 4)
        self.special = nn.Parameter(torch.randn(SPECIALS, DIM))
        self.blocks = nn.ModuleList(Block("global" if i % 2 else "frame", f"blocks.{i}.attention") for i in range(4))
        self.head = nn.Linear(DIM, 3)

    def forward(self, images):
        """(B, S, 3, 16, 20) -> (B, S * tokens, 3)."""
        batch, views = images.shape[:2]
        patches = self.stem(images.flatten(0, 1)).flatten(2).transpose(1, 2)  # (B S) n D
        x = torch.cat([self.special.expand(batch * views, -1, -1), patches], 1)
        rope = rope_2d(ROWS, COLS, SPECIALS, DIM // HEADS)
        for block in self.blocks:
            if block.attention.kind == "global":
                wide = tuple(r.repeat(views, 1) for r in rope)
                x = block(x.unflatten(0, (batch, views)).flatten(1, 2), wide, views).unflatten(1, (views, -1)).flatten(0, 1)
            else:
                x = block(x, rope, 1)
        return self.head(x).unflatten(0, (batch, views)).flatten(1, 2)


def images(batch=2, views=3, seed=1):
    return torch.rand(batch, views, 3, 4 * ROWS, 4 * COLS, generator=torch.Generator().manual_seed(seed))


SPARSE = Recipe(sparse=SparseRecipe(keep=0.4, block=4, specials=SPECIALS), attention=r"blocks\.[13]\.attention")
BOTH = Recipe(sparse=SPARSE.sparse, attention=SPARSE.attention, fp8=Fp8Recipe(), quantise=r"blocks\.\d+")
