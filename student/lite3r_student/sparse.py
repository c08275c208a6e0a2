"""Sparse linear attention (SLA, arXiv 2509.24006, as used by Lite3R): exact attention where it matters, linear attention elsewhere.

For every head, with q, k, v in R^(N x d) cut into blocks of b tokens:

1. Which blocks matter. Mean-pool q and k per block; score = pooled_q . pooled_k / sqrt(d); every query block keeps the K key blocks
   of largest score ("critical"). k first loses its mean over the sequence ("smooth k": it shifts all of a query's scores alike,
   so it cannot change the choice, but keeps the pooled values small, which matters in low precision).
2. Sparse branch. o_s = softmax over the tokens of the critical blocks only, exact, times v.
3. Linear branch. o_l = phi(q) (phi(k)^T v) / (phi(q) sum phi(k)), phi = softmax over channels, or elu + 1. Costs O(N d^2), not O(N^2 d).
   Two-way: over all tokens. Three-way (`skip` set): the worst `skip` share of the blocks is dropped ("negligible"), and the linear
   branch runs only over the blocks in between ("marginal").
4. Mix. o = o_s + o_l P, with P a learned d x d matrix per layer or per head, the only thing that is trained. P starts at zero
   (then o = o_s), or from the closed form in `distill.py`.

Special tokens (camera and registers: few, and everything hangs on them) stay dense: as keys every query sees them, as queries they see
every key, and P does not touch their rows. They lie at the front of every view, so they are split off and form blocks of their own;
patch tokens of all views follow one another in blocks of b, the last of which may be short. Padding takes part in nothing.

The budget counts what it costs: K is the largest number of blocks such that special tokens and kept blocks together are at most
`keep` of all keys (but at least one block).

Two implementations of (q, k, v) -> (o_s, o_l): `reference` is the definition, with the N x N matrix; `block_sparse` gathers
only the chosen blocks and is tested against it. B windows, h heads, N tokens, d channels, n patch tokens, m blocks of b.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass(frozen=True)
class SparseRecipe:
    """What replaces a dense mixer."""

    keep: float = 0.3
    """Largest share of the keys a patch query attends to exactly."""
    skip: float | None = None
    """None: two-way. Otherwise three-way, and this share of the patch blocks is negligible."""
    block: int = 64
    query_block: int | None = None
    """Queries that share a choice; None: as many as a block of keys has. A GPU wants 128 (see hopper.py), a choice is finer with fewer."""
    specials: int = 0
    """Tokens at the front of every view that stay dense."""
    feature_map: str = "softmax"
    """phi: "softmax" (over channels) or "elu" (elu + 1)."""
    per_head: bool = True
    """One P per head, or one shared by the heads of a layer (public code)."""
    rescale: bool = False
    """Also learn a matrix for the sparse output: o = o_s + o_s P_s + o_l P."""

    def __post_init__(self):
        if not 0 < self.keep <= 1:
            raise ValueError(f"keep must lie in (0, 1], not {self.keep}")
        if self.skip is not None and not 0 <= self.skip <= 1 - self.keep:
            raise ValueError(f"skip must lie in [0, 1 - keep], not {self.skip}")
        if self.block < 1 or self.queries < 1 or self.specials < 0:
            raise ValueError(f"block {self.block}, query_block {self.query_block} and specials {self.specials} make no blocks")
        if self.feature_map not in ("softmax", "elu"):
            raise ValueError(f"feature_map must be softmax or elu, not {self.feature_map!r}")

    @property
    def queries(self) -> int:
        """Queries in a query block."""
        return self.block if self.query_block is None else self.query_block


def feature_map(x: Tensor, kind: str) -> Tensor:
    """phi of (..., d): positive, so that the linear branch is a weighted mean."""
    return x.softmax(-1) if kind == "softmax" else F.elu(x) + 1


def kept_blocks(patches: int, specials: int, recipe: SparseRecipe) -> int:
    """K for `patches` + `specials` keys. Integer arithmetic only, so that an export can leave the number of tokens open."""
    blocks = -(-patches // recipe.block)
    if recipe.keep == 1:
        return blocks
    thousandths = round(recipe.keep * 1000)
    affordable = (thousandths * (patches + specials) - 1000 * specials) // (1000 * recipe.block)
    return torch.sym_max(1, affordable)


def skipped_blocks(patches: int, specials: int, recipe: SparseRecipe) -> int:
    """Number of negligible blocks: never one of the kept ones."""
    blocks = -(-patches // recipe.block)
    wanted = round((recipe.skip or 0) * 1000) * blocks // 1000
    return torch.sym_min(wanted, blocks - kept_blocks(patches, specials, recipe))


def split_specials(x: Tensor, views: int, specials: int) -> tuple[Tensor, Tensor]:
    """(B, h, views * tokens, d) -> special tokens (B, h, views * specials, d), patches (B, h, n, d)."""
    per_view = x.unflatten(2, (views, x.shape[2] // views))  # B h V tokens d
    return per_view[:, :, :, :specials].flatten(2, 3), per_view[:, :, :, specials:].flatten(2, 3)


def join_specials(special: Tensor, patch: Tensor, views: int) -> Tensor:
    """The inverse of `split_specials`."""
    parts = [x.unflatten(2, (views, x.shape[2] // views)) for x in (special, patch)]
    return torch.cat(parts, 3).flatten(2, 3)


def in_blocks(x: Tensor, block: int) -> Tensor:
    """(B, h, n, d) -> (B, h, m, b, d), the last block filled with zeros."""
    blocks = -(-x.shape[2] // block)
    return F.pad(x, (0, 0, 0, blocks * block - x.shape[2])).unflatten(2, (blocks, block))


def pool(x: Tensor, block: int) -> Tensor:
    """(B, h, n, d) -> means of blocks (B, h, m, d); the last block averages its real tokens only."""
    return in_blocks(x, block).sum(3) / in_blocks(torch.ones_like(x[:1, :1, :, :1]), block).sum(3)


def rank_blocks(q: Tensor, k: Tensor, mean_k: Tensor, recipe: SparseRecipe) -> Tensor:
    """Scores (B, h, query blocks, m) of key blocks for query blocks, from patch tokens (B, h, n, d)."""
    pooled_q, pooled_k = pool(q, recipe.queries), pool(k - mean_k, recipe.block)
    return pooled_q @ pooled_k.transpose(-1, -2) / q.shape[-1] ** 0.5


def choose_blocks(scores: Tensor, keep: int, skip: int) -> tuple[Tensor, Tensor]:
    """Indices of critical blocks (B, h, m, K), best first, and of negligible ones (B, h, m, L). One sort, so they never overlap."""
    order = scores.sort(dim=-1, descending=True, stable=True).indices
    blocks = scores.shape[-1]
    return order[..., :keep], order[..., blocks - skip :]


def as_mask(indices: Tensor, blocks: int) -> Tensor:
    """(B, h, m, K) block numbers -> (B, h, m, blocks) bool."""
    return (indices[..., None] == torch.arange(blocks, device=indices.device)).any(-2)


def reference(q: Tensor, k: Tensor, v: Tensor, *, recipe: SparseRecipe, views: int = 1) -> tuple[Tensor, Tensor]:
    """(B, h, N, d) each -> o_s, o_l, with the whole N x N matrix: the definition, for tests and small inputs."""
    (qs, qp), (ks, kp), (vs, vp) = (split_specials(x, views, recipe.specials) for x in (q, k, v))
    special, n = qs.shape[2], qp.shape[2]
    scores = rank_blocks(qp, kp, k.mean(2, keepdim=True), recipe)
    blocks = scores.shape[-1]
    chosen, dropped = choose_blocks(scores, kept_blocks(n, special, recipe), skipped_blocks(n, special, recipe))
    critical, negligible = as_mask(chosen, blocks), as_mask(dropped, blocks)

    def per_token(mask: Tensor) -> Tensor:  # (B, h, query blocks, m) -> (B, h, n, n)
        return mask.repeat_interleave(recipe.block, -1).repeat_interleave(recipe.queries, -2)[..., :n, :n]

    def with_specials(mask: Tensor, keys: bool, queries: bool) -> Tensor:  # (B, h, n, n) -> (B, h, N, N), special tokens first
        return F.pad(F.pad(mask, (special, 0), value=keys), (0, 0, special, 0), value=queries)

    sees = with_specials(per_token(critical), keys=True, queries=True)
    if recipe.skip is None:
        linear = with_specials(torch.ones_like(per_token(critical)), keys=True, queries=False)
    else:
        linear = with_specials(per_token(~critical & ~negligible), keys=False, queries=False)

    q, k, v = torch.cat([qs, qp], 2), torch.cat([ks, kp], 2), torch.cat([vs, vp], 2)
    weight = (q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5).masked_fill(~sees, -torch.inf).softmax(-1)
    o_s = weight @ v
    weight = feature_map(q, recipe.feature_map) @ feature_map(k, recipe.feature_map).transpose(-1, -2) * linear
    o_l = weight @ v / weight.sum(-1, keepdim=True).clamp_min(1e-20)
    return tuple(join_specials(o[:, :, :special], o[:, :, special:], views) for o in (o_s, o_l))


def block_sparse(q: Tensor, k: Tensor, v: Tensor, *, recipe: SparseRecipe, views: int = 1) -> tuple[Tensor, Tensor]:
    """The same as `reference`, reading only the chosen blocks: for every query block its K key blocks are gathered side by side."""
    (qs, qp), (ks, kp), (vs, vp) = (split_specials(x, views, recipe.specials) for x in (q, k, v))
    special, n, b = qs.shape[2], qp.shape[2], recipe.block
    keep, skip = kept_blocks(n, special, recipe), skipped_blocks(n, special, recipe)
    chosen, dropped = choose_blocks(rank_blocks(qp, kp, k.mean(2, keepdim=True), recipe), keep, skip)

    # sparse branch, a query block at a time: its queries against special + K b keys
    q_blocks, k_blocks, v_blocks = in_blocks(qp, recipe.queries), in_blocks(kp, b), in_blocks(vp, b)
    m = k_blocks.shape[2]
    keys, values = gather_blocks(k_blocks, chosen, ks), gather_blocks(v_blocks, chosen, vs)
    real = in_blocks(torch.ones_like(qp[:1, :1, :, :1]), b)[0, 0, :, :, 0] > 0  # m b
    seen = F.pad(real[chosen].flatten(3), (special, 0), value=True)  # B h . (special + K b)
    o_s = F.scaled_dot_product_attention(
        q_blocks.flatten(0, 1), keys.flatten(0, 1), values.flatten(0, 1), attn_mask=seen.flatten(0, 1)[:, :, None])
    o_s = o_s.unflatten(0, q.shape[:2]).flatten(2, 3)[:, :, :n]

    # linear branch: key side summed once (two-way), or per block and then over each query block's marginal ones (three-way)
    phi_q = feature_map(qp, recipe.feature_map)
    if recipe.skip is None:
        phi_k = feature_map(k, recipe.feature_map)
        o_l = phi_q @ (phi_k.transpose(-1, -2) @ v)  # B h n d
        total = phi_q @ phi_k.sum(2, keepdim=True).transpose(-1, -2)  # B h n 1
    else:
        phi_k = in_blocks(feature_map(kp, recipe.feature_map), b) * real[..., None]  # B h m b d; phi(0) is not 0
        marginal = ~(as_mask(chosen, m) | as_mask(dropped, m))
        weight = marginal.to(q.dtype)  # B h . m
        state = torch.einsum("bhqk,bhkij->bhqij", weight, phi_k.transpose(-1, -2) @ v_blocks)
        phi_q = in_blocks(phi_q, recipe.queries)
        total = (phi_q @ torch.einsum("bhqk,bhki->bhqi", weight, phi_k.sum(3))[..., None]).flatten(2, 3)[:, :, :n]
        o_l = (phi_q @ state).flatten(2, 3)[:, :, :n]
    o_l = o_l / total.clamp_min(1e-20)

    o_special = F.scaled_dot_product_attention(qs, k, v)
    return join_specials(o_special, o_s, views), join_specials(torch.zeros_like(qs), o_l, views)


def gather_blocks(blocks: Tensor, chosen: Tensor, special: Tensor) -> Tensor:
    """blocks (B, h, m, b, d), chosen (B, h, m, K), special (B, h, s, d) -> (B, h, m, s + K b, d)."""
    b, d = blocks.shape[3:]
    flat = blocks.flatten(3)  # B h m (b d)
    index = chosen.flatten(2)[..., None].expand(-1, -1, -1, b * d)  # B h (m K) (b d)
    gathered = flat.gather(2, index).unflatten(2, chosen.shape[2:]).unflatten(-1, (b, d)).flatten(3, 4)  # B h m (K b) d
    return torch.cat([special[:, :, None].expand(-1, -1, chosen.shape[2], -1, -1), gathered], 3)


class SparseLinearMixer(nn.Module):
    """Takes the place of `DenseMixer`. The only parameters are the linear branch's projections, zero at first."""

    def __init__(self, heads: int, head_dim: int, recipe: SparseRecipe):
        super().__init__()
        self.heads, self.recipe = heads, recipe
        shape = (heads if recipe.per_head else 1, head_dim, head_dim)
        self.linear_projection = nn.Parameter(torch.zeros(shape))
        self.sparse_projection = nn.Parameter(torch.zeros(shape)) if recipe.rescale else None

    def branches(self, q: Tensor, k: Tensor, v: Tensor, views: int = 1) -> tuple[Tensor, Tensor]:
        return block_sparse(q, k, v, recipe=self.recipe, views=views)

    def mix(self, o_s: Tensor, o_l: Tensor, views: int = 1) -> Tensor:
        """(B, h, N, d) each -> o. Special tokens' rows of o_l are zero, and the rescaling leaves theirs alone too."""
        o = o_s + o_l @ self.linear_projection
        if self.sparse_projection is not None:
            special, patch = split_specials(o_s @ self.sparse_projection, views, self.recipe.specials)
            o = o + join_specials(torch.zeros_like(special), patch, views)
        return o

    def forward(self, q: Tensor, k: Tensor, v: Tensor, views: int = 1) -> Tensor:
        return self.mix(*self.branches(q, k, v, views), views)
