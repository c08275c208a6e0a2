"""Sparse linear attention as Triton kernels for Hopper; `hopper.py` says what they are for and calls them.

Three kernels and one batched product between them, for a layer of B windows, h heads, N tokens of width D (64), V views:

    summarise   reads k, v and the patches' q once: means of blocks, phi(k)^T v and sum phi(k) in parts, and k and v packed
    finish      adds the parts up and multiplies them by P, so that the linear branch is one small product per query
    select      the K best key blocks of every query block, ascending, ties to the lower number
    attend      softmax over special keys and chosen blocks, plus the linear branch, into (B, N, h, D)

Packed means: special tokens first, then patches, each filled up with zeros to whole blocks, so that a block is one contiguous piece whichever views it
touches. Special *queries* are tiles of the same launch that walk through every block. Scores stay in base 2: exp(x) = exp2(x log2 e).

Where the softmax cannot underflow, no running maximum is kept: |q_i . k_j| <= |q_i| max |k|, so if that bound b is below 50 (in base 2), exp2(s - b) lies
in 2^-100 .. 1, which bf16 and float32 hold at full relative precision. Normalised q and k (QK-norm) always stay below. Otherwise a tile falls
back to the usual running maximum, in the same launch. FP8 weights have too few octaves for this and always keep the maximum.
"""

import triton
import triton.language as tl

LOG2_E = tl.constexpr(1.4426950408889634)
SAFE = tl.constexpr(50.0)


@triton.jit
def token_of(j, special, PER_VIEW: tl.constexpr, SPECIALS: tl.constexpr):
    """Place among all tokens of the j-th special token or the j-th patch."""
    if SPECIALS == 0:
        return j
    patch = j // (PER_VIEW - SPECIALS) * PER_VIEW + SPECIALS + j % (PER_VIEW - SPECIALS)
    return tl.where(special, j // SPECIALS * PER_VIEW + j % SPECIALS, patch)


@triton.jit
def phi(x, NORMALISED: tl.constexpr, FEATURE: tl.constexpr):
    """The feature map of rows of x. A factor per row cancels on the query side, so there it need not be normalised."""
    if FEATURE == "softmax":
        e = tl.exp(x - tl.max(x, 1)[:, None])
        if NORMALISED:
            e = e / tl.sum(e, 1)[:, None]
        return e
    return tl.where(x > 0, x + 1, tl.exp(tl.minimum(x, 0.0)))


@triton.jit(do_not_specialize=["specials", "patches", "per_chunk"])  # one compilation for all lengths of a window
def summarise(Q, K, V, KP, VP, KSCALE, PQ, PK, STATE, TOTAL, LONGEST, qb, qh, qn, kb, kh, kn, vb, vh, vn, heads, specials, patches, length, per_chunk, v_scale,
              PER_VIEW: tl.constexpr, SPECIALS: tl.constexpr, BLOCK: tl.constexpr, QUERIES: tl.constexpr, D: tl.constexpr,
              FEATURE: tl.constexpr, QK: tl.constexpr, PV: tl.constexpr):
    chunk, bh = tl.program_id(0), tl.program_id(1)
    b, h = bh // heads, bh % heads
    RATIO: tl.constexpr = QUERIES // BLOCK
    special_units, special_blocks = tl.cdiv(specials, QUERIES), tl.cdiv(specials, BLOCK)
    query_blocks, key_blocks = tl.cdiv(patches, QUERIES), tl.cdiv(patches, BLOCK)
    d, rows, some = tl.arange(0, D), tl.arange(0, QUERIES), tl.arange(0, RATIO)
    state, total, longest = tl.zeros([D, D], tl.float32), tl.zeros([D], tl.float32), tl.zeros([QUERIES], tl.float32)
    for unit in range(chunk * per_chunk, tl.minimum((chunk + 1) * per_chunk, special_units + query_blocks)):
        special = unit < special_units
        j = tl.where(special, unit, unit - special_units) * QUERIES + rows
        count = tl.where(special, specials, patches)
        valid = (j < count)[:, None]
        token = token_of(j, special, PER_VIEW, SPECIALS)[:, None]
        k = tl.load(K + b * kb + h * kh + token * kn + d, mask=valid, other=0.0).to(tl.float32)
        v = tl.load(V + b * vb + h * vh + token * vn + d, mask=valid, other=0.0).to(tl.float32)

        # the key side of the linear branch
        feature = tl.where(valid, phi(k, True, FEATURE), 0.0)
        state += tl.dot(tl.trans(feature), v, input_precision="tf32")
        total += tl.sum(feature, 0)
        longest = tl.maximum(longest, tl.sum(k * k, 1))

        # packed
        row = tl.where(special, 0, special_blocks * BLOCK) + j
        inside = (j < tl.where(special, special_blocks, key_blocks) * BLOCK)[:, None]
        blocks = tl.reshape(k, [RATIO, BLOCK, D])
        number = tl.where(special, unit, unit - special_units) * RATIO + some
        here = number < tl.where(special, special_blocks, key_blocks)
        place = (bh * length + row)[:, None] * D + d
        if QK == "int8":
            scale = tl.maximum(tl.max(tl.max(tl.abs(blocks), 2), 1), 1e-20) / 127
            tl.store(KSCALE + bh * (length // BLOCK) + tl.where(special, 0, special_blocks) + number, scale, mask=here)
            tl.store(KP + place, tl.reshape(tl.floor(blocks / scale[:, None, None] + 0.5), [QUERIES, D]).to(tl.int8), mask=inside)
        elif QK == "fp8":
            tl.store(KP + place, tl.clamp(k, -448.0, 448.0).to(tl.float8e4nv), mask=inside)
        else:
            tl.store(KP + place, k.to(tl.bfloat16), mask=inside)
        if PV == "fp8":  # across: FP8 products want both operands along the summed index
            across = (bh * D + d)[None, :] * length + row[:, None]
            tl.store(VP + across, tl.clamp(v / v_scale, -448.0, 448.0).to(tl.float8e4nv), mask=inside)
        else:
            tl.store(VP + place, v.to(tl.bfloat16), mask=inside)

        # means of blocks; the last averages its real tokens only
        patch = unit >= special_units
        q = tl.load(Q + b * qb + h * qh + token * qn + d, mask=valid & patch, other=0.0).to(tl.float32)
        mine = unit - special_units
        filled = tl.minimum(QUERIES, patches - mine * QUERIES).to(tl.float32)
        tl.store(PQ + (bh * query_blocks + mine) * D + d, tl.sum(q, 0) / filled, mask=(d < D) & patch)
        filled = tl.maximum(tl.minimum(BLOCK, patches - number * BLOCK), 1).to(tl.float32)
        tl.store(PK + (bh * key_blocks + number)[:, None] * D + d, tl.sum(blocks, 1) / filled[:, None], mask=(here & patch)[:, None])
    part = bh * tl.num_programs(0) + chunk
    tl.store(STATE + part * D * D + d[:, None] * D + d, state)
    tl.store(TOTAL + part * D + d, total)
    tl.store(LONGEST + part, tl.max(longest, 0))


@triton.jit(do_not_specialize=["p_stride", "chunks"])
def finish(STATE, TOTAL, LONGEST, P, MIXED, SUM, BOUND, heads, p_stride, chunks, D: tl.constexpr, ROWS: tl.constexpr, TAKE: tl.constexpr):
    """Rows of (sum of the parts) P, the sum of phi(k), and the length of the longest key."""
    bh, rows, d, take = tl.program_id(0), tl.program_id(1) * ROWS + tl.arange(0, ROWS), tl.arange(0, D), tl.arange(0, TAKE)
    state, total, longest = tl.zeros([ROWS, D], tl.float32), tl.zeros([D], tl.float32), tl.zeros([TAKE], tl.float32)
    for first in range(0, chunks, TAKE):
        part, there = bh * chunks + first + take, first + take < chunks
        state += tl.sum(tl.load(STATE + part[:, None, None] * D * D + rows[None, :, None] * D + d[None, None, :], mask=there[:, None, None], other=0.0), 0)
        total += tl.sum(tl.load(TOTAL + part[:, None] * D + d, mask=there[:, None], other=0.0), 0)
        longest = tl.maximum(longest, tl.load(LONGEST + part, mask=there, other=0.0))
    p = tl.load(P + bh % heads * p_stride + d[:, None] * D + d)
    tl.store(MIXED + bh * D * D + rows[:, None] * D + d, tl.dot(state, p.to(tl.float32), input_precision="tf32x3"))
    if tl.program_id(1) == 0:
        tl.store(SUM + bh * D + d, total)
        tl.store(BOUND + bh, tl.sqrt(tl.max(longest, 0)))


@triton.jit(do_not_specialize=["blocks", "keep"])
def select(SCORES, INDEX, blocks, keep, WIDTH: tl.constexpr):
    """The K-th largest score, bit by bit, then everything above it and, of what equals it, the first."""
    row, i = tl.program_id(0), tl.arange(0, WIDTH)
    bits = (tl.load(SCORES + row * blocks + i, mask=i < blocks, other=float("-inf")) + 0.0).to(tl.int32, bitcast=True)
    rank = tl.where(bits < 0, bits ^ 0x7FFFFFFF, bits)  # integers in the order of the floats
    least = tl.where(tl.sum((rank >= 0).to(tl.int32), 0) >= keep, 0, -2147483648)
    for step in tl.static_range(31):
        candidate = least | (1 << (30 - step))
        least = tl.where(tl.sum((rank >= candidate).to(tl.int32), 0) >= keep, candidate, least)
    above, equal = rank > least, rank == least
    wanted = keep - tl.sum(above.to(tl.int32), 0)
    kept = above | (equal & (tl.cumsum(equal.to(tl.int32), 0) <= wanted))
    tl.store(INDEX + row * keep + tl.cumsum(kept.to(tl.int32), 0) - 1, i, mask=kept)


@triton.jit
def scores(q, factor, K, KSCALE, row, block, bh, length, BLOCK: tl.constexpr, D: tl.constexpr, QK: tl.constexpr, TMA: tl.constexpr):
    """Of a tile of queries for one key block, in base 2. `row` counts packed rows of all heads, `block` those of KSCALE."""
    if TMA:
        k = K.load([row, 0])
    else:
        k = tl.load(K + (row + tl.arange(0, BLOCK))[:, None] * D + tl.arange(0, D))
    s = tl.dot(q, tl.trans(k))
    if QK == "int8":
        return s.to(tl.float32) * (factor * tl.load(KSCALE + block))[:, None]
    return s * factor[:, None]


@triton.jit
def weigh(s, acc, total, top, V, row, bh, length, BLOCK: tl.constexpr, D: tl.constexpr, PV: tl.constexpr, TMA: tl.constexpr, BOUNDED: tl.constexpr):
    """One step of the softmax: weights of the scores, added to acc (times v) and total."""
    if not BOUNDED:
        higher = tl.maximum(top, tl.max(s, 1))
        shrink = tl.exp2(top - higher)
        acc, total, top = acc * shrink[:, None], total * shrink, higher
    if PV == "fp8":
        p = tl.exp2(s - (top - 8)[:, None])  # up to 256 of E4M3's 448; the total has the same factor
    else:
        p = tl.exp2(s - top[:, None])
    total += tl.sum(p, 1)
    if PV == "fp8":
        if TMA:
            v = V.load([bh * D, row - bh * length])
        else:
            v = tl.load(V + (bh * D + tl.arange(0, D))[:, None] * length + row - bh * length + tl.arange(0, BLOCK))
        acc = tl.dot(p.to(tl.float8e4nv), tl.trans(v), acc)
    else:
        if TMA:
            v = V.load([row, 0])
        else:
            v = tl.load(V + (row + tl.arange(0, BLOCK))[:, None] * D + tl.arange(0, D))
        acc = tl.dot(p.to(tl.bfloat16), v, acc)
    return acc, total, top


@triton.jit
def walk(q, factor, acc, total, top, K, V, KSCALE, INDEX, index, special, n, bh, length, special_blocks, BLOCK: tl.constexpr, D: tl.constexpr,
         QK: tl.constexpr, PV: tl.constexpr, TMA: tl.constexpr, BOUNDED: tl.constexpr, AHEAD: tl.constexpr, STAGES: tl.constexpr):
    """Through n whole blocks: the chosen ones, or for special queries the first n. AHEAD: scores of the next block are asked for before this
    one's softmax, so that the matrix unit has work meanwhile."""
    if AHEAD:
        if n > 0:
            block = special_blocks + tl.where(special, 0, tl.load(INDEX + index))
            row = bh * length + block * BLOCK
            s = scores(q, factor, K, KSCALE, row, bh * (length // BLOCK) + block, bh, length, BLOCK, D, QK, TMA)
            for i in tl.range(1, n, num_stages=STAGES):
                following = special_blocks + tl.where(special, i, tl.load(INDEX + index + i))
                next_row = bh * length + following * BLOCK
                t = scores(q, factor, K, KSCALE, next_row, bh * (length // BLOCK) + following, bh, length, BLOCK, D, QK, TMA)
                acc, total, top = weigh(s, acc, total, top, V, row, bh, length, BLOCK, D, PV, TMA, BOUNDED)
                s, row = t, next_row
            acc, total, top = weigh(s, acc, total, top, V, row, bh, length, BLOCK, D, PV, TMA, BOUNDED)
    else:
        for i in tl.range(0, n, num_stages=STAGES):
            block = special_blocks + tl.where(special, i, tl.load(INDEX + index + i))
            row = bh * length + block * BLOCK
            s = scores(q, factor, K, KSCALE, row, bh * (length // BLOCK) + block, bh, length, BLOCK, D, QK, TMA)
            acc, total, top = weigh(s, acc, total, top, V, row, bh, length, BLOCK, D, PV, TMA, BOUNDED)
    return acc, total, top


@triton.jit(do_not_specialize=["tokens", "specials", "patches", "keep"])
def attend(Q, K, V, KSCALE, INDEX, MIXED, SUM, BOUND, OUT, qb, qh, qn, heads, tokens, specials, patches, length, keep, v_scale, scale,
           PER_VIEW: tl.constexpr, SPECIALS: tl.constexpr, BLOCK: tl.constexpr, QUERIES: tl.constexpr, D: tl.constexpr, FEATURE: tl.constexpr,
           QK: tl.constexpr, PV: tl.constexpr, TMA: tl.constexpr, BOUNDED: tl.constexpr, AHEAD: tl.constexpr, STAGES: tl.constexpr):
    tile, bh = tl.program_id(0), tl.program_id(1)  # a head's tiles run side by side: its keys and values stay in the cache
    b, h = bh // heads, bh % heads
    special_tiles, special_blocks = tl.cdiv(specials, QUERIES), tl.cdiv(specials, BLOCK)
    query_blocks, key_blocks = tl.cdiv(patches, QUERIES), tl.cdiv(patches, BLOCK)
    special = tile < special_tiles
    j = tl.where(special, tile, tile - special_tiles) * QUERIES + tl.arange(0, QUERIES)
    d = tl.arange(0, D)
    valid = (j < tl.where(special, specials, patches))[:, None]
    token = token_of(j, special, PER_VIEW, SPECIALS)[:, None]
    raw = tl.load(Q + b * qb + h * qh + token * qn + d, mask=valid, other=0.0)
    factor = tl.full([QUERIES], LOG2_E, tl.float32) * scale
    if QK == "int8":
        wide = raw.to(tl.float32)
        step = tl.maximum(tl.max(tl.abs(wide), 1), 1e-20) / 127
        q, factor = tl.floor(wide / step[:, None] + 0.5).to(tl.int8), factor * step
    elif QK == "fp8":
        q = tl.clamp(raw.to(tl.float32), -448.0, 448.0).to(tl.float8e4nv)
    else:
        q = raw.to(tl.bfloat16)

    index = (bh * query_blocks + tl.maximum(tile - special_tiles, 0)) * keep
    n = tl.where(special, key_blocks, keep)
    short = patches % BLOCK  # tokens of a last block that is not full; ascending order puts it last
    ends = (short > 0) & (special | (tl.load(INDEX + index + keep - 1) == key_blocks - 1))
    n = tl.where(ends, n - 1, n)
    acc, total, top = tl.zeros([QUERIES, D], tl.float32), tl.zeros([QUERIES], tl.float32), tl.full([QUERIES], float("-inf"), tl.float32)

    # special keys, and the last block where it is short: the only ones with a mask, and always with a running maximum
    for i in tl.range(0, special_blocks + tl.where(ends, 1, 0), num_stages=1):
        block = tl.where(i < special_blocks, i, special_blocks + key_blocks - 1)
        there = tl.where(i < special_blocks, specials - i * BLOCK, short)
        row = bh * length + block * BLOCK
        s = scores(q, factor, K, KSCALE, row, bh * (length // BLOCK) + block, bh, length, BLOCK, D, QK, TMA)
        s = tl.where((tl.arange(0, BLOCK) < there)[None, :], s, float("-inf"))
        acc, total, top = weigh(s, acc, total, top, V, row, bh, length, BLOCK, D, PV, TMA, False)
    if BOUNDED:
        wide = raw.to(tl.float32)
        bound = tl.sqrt(tl.sum(wide * wide, 1)) * tl.load(BOUND + bh) * (scale * LOG2_E * 1.1)  # 1.1: quantised q and k can be a little longer
        if tl.max(bound, 0) < SAFE:
            shrink = tl.exp2(top - bound)
            acc, total = acc * shrink[:, None], total * shrink
            acc, total, top = walk(q, factor, acc, total, bound, K, V, KSCALE, INDEX, index, special, n, bh, length, special_blocks, BLOCK, D, QK, PV, TMA,
                                   True, AHEAD, STAGES)
        else:
            acc, total, top = walk(q, factor, acc, total, top, K, V, KSCALE, INDEX, index, special, n, bh, length, special_blocks, BLOCK, D, QK, PV, TMA,
                                   False, False, 1)  # not pipelined: its buffers would keep a second program off the multiprocessor
    else:
        acc, total, top = walk(q, factor, acc, total, top, K, V, KSCALE, INDEX, index, special, n, bh, length, special_blocks, BLOCK, D, QK, PV, TMA,
                               False, AHEAD, STAGES)
    o = acc * (v_scale / total)[:, None]

    if not special:  # P does not touch special tokens
        feature = phi(tl.load(Q + b * qb + h * qh + token * qn + d, mask=valid, other=0.0).to(tl.float32), False, FEATURE)
        share = tl.sum(feature * tl.load(SUM + bh * D + d), 1)
        mixed = tl.load(MIXED + bh * D * D + d[:, None] * D + d)
        o += tl.dot(feature, mixed, input_precision="tf32") / tl.maximum(share, 1e-20)[:, None]
    tl.store(OUT + ((b * tokens + token) * heads + h) * D + d, o.to(OUT.dtype.element_ty), mask=valid)
