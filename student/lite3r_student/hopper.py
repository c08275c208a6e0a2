"""Sparse linear attention on a Hopper GPU: what `sparse.block_sparse` computes in the two-way form, and the projection, in five launches.

    o = attention(q, k, v, projection, recipe=recipe, views=8)          # (B, h, N, d) like q

The definition stays `sparse.reference`; the tests hold this file against it. A layer costs, beside the products themselves, one read of q, k, v, one write
and re-read of packed k and v, and 4 bytes for each pair of a query block and a key block. Queries of a tile share their choice, and a tile of fewer than 128
rows would ask the L2 cache for more than it can deliver, so recipes for this kernel say `query_block=128`.

`VARIANTS` are the ways to run it, timed against each other by `bench-kernel`; `DEFAULT` says which a model gets. They differ in
how blocks are fetched (pointers or the bulk copy engine), in warps and pipeline depth, in whether scores are asked for a block ahead,
and in the precision of the two products: QK^T in bf16, FP8 or INT8, PV in bf16 or FP8.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from .sparse import SparseLinearMixer, SparseRecipe, kept_blocks

PROGRAMS = 528  # of `summarise`: four for each of an H200's 132 multiprocessors


@dataclass(frozen=True)
class Variant:
    qk: str = "bf16"
    """QK^T in "bf16", "fp8" (E4M3) or "int8" (a scale for each query and for each block of keys)."""
    pv: str = "bf16"
    """PV in "bf16" or "fp8"."""
    tma: bool = True
    warps: int = 4
    stages: int = 5
    """Of the loop's pipeline. Reading a block's number takes two of them, so blocks are fetched stages - 3 ahead."""
    registers: int | None = None
    """At most so many for a thread."""
    bounded: bool = True
    """Leave out the running maximum where a bound allows it."""
    ahead: bool = False


def _variants() -> dict[str, Variant]:
    found = {}

    def add(*variants: Variant):
        for v in variants:
            name = f"{v.qk}/{v.pv} {'tma' if v.tma else 'ptr'} w{v.warps} s{v.stages}"
            found[name + (" ahead" if v.ahead else "") + ("" if v.bounded or v.pv == "fp8" else " maximum")] = v

    for stages in (5, 7):
        two_groups = {"warps": 8, "registers": 128, "stages": stages}  # so that two programs share a multiprocessor
        add(Variant(stages=stages), Variant(**two_groups), Variant("int8", stages=stages), Variant("int8", **two_groups))
        for qk in ("int8", "fp8"):
            add(Variant(qk, "fp8", bounded=False, stages=stages), Variant(qk, "fp8", bounded=False, **two_groups))
    two_groups = {"warps": 8, "registers": 128}
    add(Variant(bounded=False), Variant(bounded=False, **two_groups), Variant(tma=False), Variant(ahead=True, stages=3), Variant(ahead=True, **two_groups | {"stages": 3}),
        Variant("int8", "fp8", bounded=False, ahead=True, **two_groups | {"stages": 3}), Variant("fp8", **two_groups))
    return found


VARIANTS = _variants()
DEFAULT = {"bf16": "bf16/bf16 tma w8 s7", "int8": "int8/bf16 tma w8 s5", "8bit": "int8/fp8 tma w4 s5", "fp8": "fp8/fp8 tma w4 s5"}
"""What a model gets, by the precision of its attention: the fastest of each on an H200 (docs/results/gpu.md). None in 8 bits is faster than bf16."""
PLAIN = Variant(tma=False)
"""Runs anywhere, in Triton's interpreter too."""


def check(recipe: SparseRecipe, head_dim: int):
    """Says why a recipe cannot run here."""
    wrong = [why for why, is_so in (
        ("skip: the three-way form is not in the kernel", recipe.skip is not None),
        ("rescale: the sparse output's own matrix is not in the kernel", recipe.rescale),
        (f"block {recipe.block}: must be a power of two from 16", recipe.block < 16 or recipe.block & (recipe.block - 1)),
        (f"query_block {recipe.queries}: must be block times a power of two", recipe.queries % recipe.block or recipe.queries & (recipe.queries - 1)),
        (f"heads of width {head_dim}: must be a power of two from 16", head_dim < 16 or head_dim & (head_dim - 1))) if is_so]
    if wrong:
        raise ValueError("; ".join(wrong))


@dataclass
class Summary:
    """What `attend` needs beside q. L packed rows: special tokens and patches, each filled up to whole blocks."""

    k: Tensor
    """(B h L, d)"""
    v: Tensor
    """(B h L, d), or (B h d, L) for FP8"""
    k_scale: Tensor
    """(B h, L / block) for INT8"""
    pooled_q: Tensor
    pooled_k: Tensor
    mixed: Tensor
    """(B h, d, d): sum over keys of phi(k) v^T, times P"""
    total: Tensor
    bound: Tensor
    length: int


STORED = {"bf16": torch.bfloat16, "fp8": torch.float8_e4m3fn, "int8": torch.int8}


def summarise(q: Tensor, k: Tensor, v: Tensor, projection: Tensor, *, recipe: SparseRecipe, views: int, variant: Variant, v_scale: float = 1.0) -> Summary:
    from . import kernels

    batch, heads, tokens, d = q.shape
    specials, patches, bh = views * recipe.specials, tokens - views * recipe.specials, batch * heads
    key_blocks, query_blocks = -(-patches // recipe.block), -(-patches // recipe.queries)
    length = (-(-specials // recipe.block) + key_blocks) * recipe.block
    units = -(-specials // recipe.queries) + query_blocks
    per_chunk = max(1, -(-units * bh // PROGRAMS))
    chunks = -(-units // per_chunk)

    def new(*shape, dtype=torch.float32):
        return q.new_empty(shape, dtype=dtype)

    across = variant.pv == "fp8"
    s = Summary(k=new(bh * length, d, dtype=STORED[variant.qk]), v=new(*((bh * d, length) if across else (bh * length, d)), dtype=STORED[variant.pv]),
                k_scale=new(bh, length // recipe.block), pooled_q=new(bh, query_blocks, d), pooled_k=new(bh, key_blocks, d), mixed=new(bh, d, d), total=new(bh, d),
                bound=new(bh), length=length)
    state, total, longest = new(bh, chunks, d, d), new(bh, chunks, d), new(bh, chunks)
    kernels.summarise[(chunks, bh)](
        q, k, v, s.k, s.v, s.k_scale, s.pooled_q, s.pooled_k, state, total, longest, *q.stride()[:3], *k.stride()[:3], *v.stride()[:3], heads, specials, patches,
        length, per_chunk, v_scale, PER_VIEW=tokens // views, SPECIALS=recipe.specials, BLOCK=recipe.block, QUERIES=recipe.queries, D=d,
        FEATURE=recipe.feature_map, QK=variant.qk, PV=variant.pv, num_warps=8)
    kernels.finish[(bh, d // 16)](state, total, longest, projection, s.mixed, s.total, s.bound, heads, projection.stride(0) if projection.shape[0] > 1 else 0,
                                  chunks, D=d, ROWS=16, TAKE=8, num_warps=4)
    return s


def select(s: Summary, keep: int) -> Tensor:
    """(B h, query blocks, keep) int32: the chosen key blocks, ascending. The mean of k is not taken off: it shifts a row's scores alike."""
    from . import kernels

    scores = torch.bmm(s.pooled_q, s.pooled_k.transpose(1, 2))
    rows, blocks = scores.shape[:2], scores.shape[2]
    index = scores.new_empty((*rows, keep), dtype=torch.int32)
    width = max(16, 1 << (blocks - 1).bit_length())
    kernels.select[(rows[0] * rows[1],)](scores, index, blocks, keep, WIDTH=width, num_warps=1 if width <= 512 else 4)
    return index


def attend(q: Tensor, s: Summary, index: Tensor, *, recipe: SparseRecipe, views: int, variant: Variant, v_scale: float = 1.0,
           out_dtype: torch.dtype | None = None) -> Tensor:
    """-> (B, N, h, d)"""
    from . import kernels

    batch, heads, tokens, d = q.shape
    specials, patches = views * recipe.specials, tokens - views * recipe.specials
    out = q.new_empty(batch, tokens, heads, d, dtype=out_dtype)
    k, v = s.k, s.v
    if variant.tma:
        from triton.tools.tensor_descriptor import TensorDescriptor

        k = TensorDescriptor.from_tensor(k, [recipe.block, d])
        v = TensorDescriptor.from_tensor(v, [d, recipe.block] if variant.pv == "fp8" else [recipe.block, d])
    tiles = -(-specials // recipe.queries) + -(-patches // recipe.queries)
    kernels.attend[(tiles, batch * heads)](
        q, k, v, s.k_scale, index, s.mixed, s.total, s.bound, out, *q.stride()[:3], heads, tokens, specials, patches, s.length, index.shape[2], v_scale, d**-0.5,
        PER_VIEW=tokens // views, SPECIALS=recipe.specials, BLOCK=recipe.block, QUERIES=recipe.queries, D=d, FEATURE=recipe.feature_map, QK=variant.qk,
        PV=variant.pv, TMA=variant.tma, BOUNDED=variant.bounded, AHEAD=variant.ahead, STAGES=variant.stages, num_warps=variant.warps,
        **({"maxnreg": variant.registers} if variant.registers else {}))
    return out


def attention(q: Tensor, k: Tensor, v: Tensor, projection: Tensor, *, recipe: SparseRecipe, views: int = 1, variant: Variant = PLAIN, v_scale: float = 1.0,
              out_dtype: torch.dtype | None = None) -> Tensor:
    """q, k, v (B, h, N, d), projection (h or 1, d, d) -> o_s + o_l P, shaped like q; in memory it is (B, N, h, d), as the output projection wants it.
    `out_dtype`: q's, unless a test wants to see the kernel's own error and not that of rounding its result (1.7e-3 of it in bf16)."""
    check(recipe, q.shape[-1])
    q, k, v = (x if x.stride(-1) == 1 else x.contiguous() for x in (q, k, v))
    specials = views * recipe.specials
    s = summarise(q, k, v, projection.contiguous(), recipe=recipe, views=views, variant=variant, v_scale=v_scale)
    index = select(s, kept_blocks(q.shape[2] - specials, specials, recipe))
    return attend(q, s, index, recipe=recipe, views=views, variant=variant, v_scale=v_scale, out_dtype=out_dtype).transpose(1, 2)


@torch.library.custom_op("lite3r::sparse_linear", mutates_args=())
def _sparse_linear(q: Tensor, k: Tensor, v: Tensor, projection: Tensor, views: int, keep: float, block: int, queries: int, specials: int, feature_map: str,
                   variant: str) -> Tensor:
    """For torch.compile, which must not look inside: -> (B, N, h, d)."""
    recipe = SparseRecipe(keep=keep, block=block, query_block=queries, specials=specials, feature_map=feature_map)
    return attention(q, k, v, projection, recipe=recipe, views=views, variant=VARIANTS[variant]).transpose(1, 2)


@_sparse_linear.register_fake
def _(q, k, v, projection, views, keep, block, queries, specials, feature_map, variant):
    batch, heads, tokens, d = q.shape
    return q.new_empty(batch, tokens, heads, d)


class HopperMixer(nn.Module):
    """Takes the place of a `SparseLinearMixer`, with its projection."""

    def __init__(self, mixer: SparseLinearMixer, variant: str = DEFAULT["bf16"]):
        super().__init__()
        r = mixer.recipe
        check(r, mixer.linear_projection.shape[-1])
        self.keep, self.block, self.queries, self.specials, self.feature_map = r.keep, r.block, r.queries, r.specials, r.feature_map
        self.variant = variant
        self.register_buffer("projection", mixer.linear_projection.detach().float().contiguous())

    def forward(self, q: Tensor, k: Tensor, v: Tensor, views: int = 1) -> Tensor:
        o = torch.ops.lite3r.sparse_linear(q, k, v, self.projection, views, self.keep, self.block, self.queries, self.specials, self.feature_map, self.variant)
        return o.transpose(1, 2)
