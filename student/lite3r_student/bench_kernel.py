"""The attention kernel on a GPU: is it right, and how fast against dense attention by others, for one layer of 16 heads of width 64.

    python -m lite3r_student bench-kernel --json kernel.jsonl                      # correctness, all variants at one size, winners at all sizes
    python -m lite3r_student bench-kernel --keep 0.1 0.3 --views 8 60 --flex

Correctness comes first: every variant against `sparse.reference` in float64, on random and adversarial inputs; a wrong or failing variant is named and not
timed. Then milliseconds, medians by CUDA events: the whole mixer (from q, k, v to o) and its parts, and TFLOP/s of the attention proper, counted as
4 x queries x keys seen x 64, beside cuDNN's and FlashAttention-2's dense time on the same q, k, v.
"""

import json
import time
from dataclasses import replace
from datetime import date
from functools import cache, partial
from pathlib import Path

import torch
from torch.nn import functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel

from . import hopper
from .alone import alone
from .hopper import DEFAULT, VARIANTS
from .sparse import SparseRecipe, kept_blocks, reference

HEADS, WIDTH = 16, 64
BAR = {"bf16/bf16": 2e-3, "int8/bf16": 3e-2, "int8/fp8": 3e-2, "fp8/bf16": 6e-2, "fp8/fp8": 6e-2}
"""Largest relative error. QK^T in E4M3 does not keep 3e-2 on random data: the error of a score grows with it."""


def random_qkv(tokens, heads=HEADS, seed=0, device="cuda"):
    generator = torch.Generator(device).manual_seed(seed)
    return torch.randn(3, 1, tokens, heads, WIDTH, device=device, generator=generator).bfloat16().transpose(2, 3).unbind(0)  # (B, N, h, d) in memory


PLAIN = SparseRecipe(keep=0.3, query_block=128, specials=5)
CASES = {  # name -> (recipe, views, change of q, k, v); views of 1041 tokens, five of them special, so that a variant is compiled once for most
    "random": (PLAIN, 2, lambda q, k, v: (q, k, v)),
    "sharp": (PLAIN, 2, lambda q, k, v: (20 * q, k, v)),
    "one view": (PLAIN, 1, lambda q, k, v: (q, k, v)),
    "equal keys": (PLAIN, 2, lambda q, k, v: (q, torch.ones_like(k), v)),
    "K = 1": (replace(PLAIN, keep=0.01), 2, lambda q, k, v: (q, k, v)),
    "everything": (replace(PLAIN, keep=1.0), 2, lambda q, k, v: (q, k, v)),
    "blocks of 128": (replace(PLAIN, block=128), 2, lambda q, k, v: (q, k, v)),
    "64 queries, elu": (replace(PLAIN, query_block=64, feature_map="elu"), 2, lambda q, k, v: (q, k, v)),
}


@cache
def problem(case: str, heads: int, device: str) -> tuple:
    """-> q, k, v, P and what the definition makes of them in float64."""
    recipe, views, change = CASES[case]
    q, k, v = change(*random_qkv(views * 1041, heads, device=device))
    p = 0.3 * torch.randn(heads, WIDTH, WIDTH, device=device, generator=torch.Generator(device).manual_seed(1))
    o_s, o_l = reference(*(x.double() for x in (q, k, v)), recipe=recipe, views=views)
    return q, k, v, p, o_s + o_l @ p.double()


def check(variant: hopper.Variant, case: str, heads: int = 2, device: str = "cuda") -> float:
    """Relative error against the definition."""
    (recipe, views, _), (q, k, v, p, want) = CASES[case], problem(case, heads, device)
    got = hopper.attention(q, k, v, p, recipe=recipe, views=views, variant=variant, out_dtype=torch.float32).double()
    return ((got - want).norm() / want.norm()).item()


def milliseconds(run, *, least: int = 20, seconds: float = 0.25) -> float:
    """Median of at least `least` runs, or of as many as the time allows but 5, after three that do not count."""
    for _ in range(3):
        run()
    torch.cuda.synchronize()
    began = time.perf_counter()
    run()
    torch.cuda.synchronize()
    once = time.perf_counter() - began
    count = max(5, min(200, int(seconds / once))) if once * least > 4 * seconds else max(least, min(200, int(seconds / once)))
    events = [[torch.cuda.Event(enable_timing=True) for _ in range(2)] for _ in range(count)]
    for start, end in events:
        start.record()
        run()
        end.record()
    torch.cuda.synchronize()
    times = sorted(start.elapsed_time(end) for start, end in events)
    return times[count // 2]


def graphed(run):
    """A function that replays `run` as a CUDA graph, so that launches cost what they cost in a model."""
    run()
    torch.cuda.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        run()
    return graph.replay


def dense(backend, q, k, v):
    def run():
        with sdpa_kernel(backend):
            F.scaled_dot_product_attention(q, k, v)

    return milliseconds(graphed(run))


def flex(q, k, v, recipe, views):
    """The prototype: FlexAttention over the same share of blocks of 128, special tokens and linear branch left out, choice not counted."""
    from torch.nn.attention.flex_attention import BlockMask, flex_attention

    blocks = -(-q.shape[2] // 128)
    kept = max(1, int(recipe.keep * blocks))
    order = torch.rand(1, q.shape[1], blocks, blocks, device=q.device).argsort(-1).int()
    count = torch.full((1, q.shape[1], blocks), kept, dtype=torch.int32, device=q.device)
    mask = BlockMask.from_kv_blocks(torch.zeros_like(count), order, count, order, BLOCK_SIZE=128, seq_lengths=(q.shape[2], q.shape[2]))
    compiled = torch.compile(flex_attention, dynamic=False)
    return milliseconds(lambda: compiled(q, k, v, block_mask=mask))


def time_mixer(q, k, v, p, recipe, views, variant) -> dict:
    """Milliseconds of the whole mixer as a CUDA graph and of its parts."""
    specials = views * recipe.specials
    keep = kept_blocks(q.shape[2] - specials, specials, recipe)
    s = hopper.summarise(q, k, v, p, recipe=recipe, views=views, variant=variant)
    index = hopper.select(s, keep)
    whole = milliseconds(graphed(lambda: hopper.attention(q, k, v, p, recipe=recipe, views=views, variant=variant)))
    parts = {"summarise": lambda: hopper.summarise(q, k, v, p, recipe=recipe, views=views, variant=variant), "select": lambda: hopper.select(s, keep),
             "attend": lambda: hopper.attend(q, s, index, recipe=recipe, views=views, variant=variant)}
    row = {"mixer_ms": whole} | {f"{name}_ms": milliseconds(graphed(run)) for name, run in parts.items()}
    patches = q.shape[2] - specials
    seen = patches * (specials + min(keep * recipe.block, patches)) + specials * q.shape[2]
    return row | {"tflops": 4 * seen * WIDTH * q.shape[1] / row["attend_ms"] / 1e9, "seen": seen / q.shape[2] ** 2}


def add_arguments(parser):
    parser.add_argument("--views", type=int, nargs="+", default=[2, 8, 16, 32, 64], help="of 1041 tokens, five special ones each (VGGT)")
    parser.add_argument("--keep", type=float, nargs="+", default=[0.1, 0.2, 0.3, 1.0])
    parser.add_argument("--at", type=int, default=32, help="views at which all variants are timed against each other")
    parser.add_argument("--variants", nargs="*", help="only those whose name holds one of these words")
    parser.add_argument("--flex", action="store_true", help="FlexAttention, too (compiles for a while)")
    parser.add_argument("--budget", type=float, default=240, help="seconds; what does not fit is left out and said")
    parser.add_argument("--json", type=Path, help="rows are appended there as they come")


def clocks(args, right: list[str], left, say):
    """All right variants at one size, then the winners at all sizes beside dense attention. left(): seconds of the budget; say(row)."""

    def inputs(views):
        return random_qkv(views * 1041), 0.3 * torch.randn(HEADS, WIDTH, WIDTH, device="cuda")

    def recipe(keep, block=64, queries=128):
        return SparseRecipe(keep=keep, block=block, query_block=queries, specials=5)

    (q, k, v), p = inputs(args.at)
    print(f"\nall variants, {args.at} views, keep 0.3; then blocks of 128, and a choice for every 64 queries", flush=True)
    best = {}
    for block, queries in ((64, 128), (128, 128), (64, 64), (64, 256)):
        for name in right:
            if left() < args.budget / 4:
                print(f"left out for lack of time: {name}, block {block}, {queries} queries")
                continue
            if (block, queries) != (64, 128) and name not in best.values():
                continue  # the other sizes only for the winners
            try:
                row = time_mixer(q, k, v, p, recipe(0.3, block, queries), args.at, VARIANTS[name])
            except Exception as broken:
                say({"variant": name, "block": block, "queries": queries, "failed": f"{type(broken).__name__}: {broken}"[:300]})
                continue
            say({"variant": name, "views": args.at, "block": block, "queries": queries, "keep": 0.3} | row)
            kind = name.split(" ")[0]
            if (block, queries) == (64, 128):
                timed = best.setdefault(kind + " ms", {})
                timed[name] = row["attend_ms"]
        if (block, queries) == (64, 128):
            best = {kind.removesuffix(" ms"): min(times, key=times.get) for kind, times in best.items()}
            print("fastest:", best, flush=True)

    print("\nwinners against dense attention", flush=True)
    for views in args.views:
        if left() < 10:
            print(f"left out for lack of time: {views} views")
            continue
        (q, k, v), p = inputs(views)
        work = 4 * q.shape[2] ** 2 * WIDTH * HEADS / 1e9

        def dense_row(backend):
            ms = dense(backend, q, k, v)
            return {"ms": ms, "tflops": work / ms}

        jobs = [({"dense": "cuDNN"}, lambda: dense_row(SDPBackend.CUDNN_ATTENTION)), ({"dense": "FlashAttention-2"}, lambda: dense_row(SDPBackend.FLASH_ATTENTION))]
        for keep in args.keep:
            for name in best.values():
                jobs.append(({"variant": name, "keep": keep}, partial(time_mixer, q, k, v, p, recipe(keep), views, VARIANTS[name])))
        if args.flex and left() > 30:
            jobs.append(({"flex": "blocks of 128", "keep": 0.3}, lambda: {"ms": flex(q, k, v, recipe(0.3), views)}))
        for what, job in jobs:
            try:
                say(what | {"views": views, "tokens": q.shape[2]} | job())
            except Exception as broken:
                say(what | {"views": views, "failed": f"{type(broken).__name__}: {broken}"[:300]})


def main(args):
    began, rows = time.perf_counter(), args.json and open(args.json, "a")
    facts = {"date": date.today().isoformat(), "device": torch.cuda.get_device_name(), "torch": torch.__version__}

    def left():
        return args.budget - (time.perf_counter() - began)

    def say(row: dict):
        print("  ".join(f"{k} {v:.4g}" if isinstance(v, float) else f"{k} {v}" for k, v in row.items()), flush=True)
        if rows:
            print(json.dumps(facts | row), file=rows, flush=True)

    print(f"{facts['device']}, {facts['date']}, PyTorch {facts['torch']}")
    right = []
    wanted = [n for n in VARIANTS if not args.variants or any(w in n for w in args.variants)]
    for name in sorted(wanted, key=lambda n: n not in DEFAULT.values()):  # defaults first
        try:
            errors = {case: check(VARIANTS[name], case) for case in (CASES if name in DEFAULT.values() else ("random", "sharp"))}
        except Exception as broken:  # a variant that this compiler or driver cannot do must not hide the others
            say({"variant": name, "failed": f"{type(broken).__name__}: {broken}"[:300]})
            continue
        bar = BAR[name.split(" ")[0]]
        fine = all(e < (bar if case != "sharp" or bar < 1e-2 else 1.0) for case, e in errors.items())  # scores of 20: eight bits of a score are too few
        say({"variant": name, "right": fine} | errors)
        if fine:
            right.append(name)
    with alone():
        clocks(args, right, left, say)
