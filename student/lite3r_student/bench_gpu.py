"""Teacher and student of a published backbone on the same GPU in one run: latency and peak memory, trunk and heads apart and together.

    ./lite3r student bench --models da3-large vggt-1b --views 2 8 16 60 --json bench.jsonl --budget 400

Columns:

    fp32         the teacher in float32, eager, PyTorch's own choice of attention: the paper's protocol
    bf16         the teacher in bfloat16, compiled, dense attention by cuDNN: the honest baseline
    fp8          the student with every linear layer of its blocks in FP8 (real products, static scales), dense attention by cuDNN
    fp8+sla      and sparse linear attention in the global layers (`--keep`), by the kernel of hopper.py

Every block is compiled on its own (`torch.compile`, one compilation for all blocks alike), and the last three columns run as CUDA graphs: trunk and heads are
a graph each, "whole" replays both. Heads see four views (`--heads-at-a-time`) in every column, in bfloat16 where the trunk is. Weights are random: neither time nor memory
depends on them, but for the bound of hopper.py, which normalised q and k keep. The student goes the way of a real one: converted, calibrated, deployed.

Times are medians by CUDA events after warm-up: 20 runs, 5 where a run takes over half a second, 3 over two, 2 over five; the row says how many. Peak memory
is that of one run without a graph, weights included, the other columns' models not. Rows are printed and appended as they come; what `--budget` does not
allow is named. `bench-table` makes tables of the rows. `--toy` runs the same code on a CPU at toy width without compiling.
"""

import contextlib
import dataclasses
import gc
import json
import time
from datetime import date
from pathlib import Path

import torch
from torch import nn

from .alone import alone, undisturbed
from .attention import DenseMixer
from .backbones import checkpoints, da3, vggt
from .backbones.convert import recipe_for
from .backbones.parity import randomise
from .backbones.pose import decode, inverse
from .backbones.vit import Block
from .bench_table import columns
from .convert import replace, sparse_mixers, student_from_teacher
from .deploy import dense_attention, deploy, stored_bytes, to_dtype
from .fp8 import calibrate
from .hopper import DEFAULT, HopperMixer
from .kernel_kinds import kind_of
from .lean import Projected, served, take_heads_in_turn
from .sparse import SparseLinearMixer, SparseRecipe

SIZES = {"vggt-1b": (392, 518), "da3-large": (378, 504)}
AT_A_TIME = 4  # views in the heads, unless said otherwise
COLUMNS = ("fp32", "bf16", "fp8", "fp8+sla")


class Halves(nn.Module):
    """A backbone as trunk and heads, so that they can be timed apart. The heads' maps are made `at_a_time` views at a time."""

    def __init__(self, model: nn.Module, height: int, width: int, at_a_time: int = AT_A_TIME, lean: bool = False):
        super().__init__()
        self.model, self.size, self.da3, self.at_a_time, self.lean = model, (height, width), isinstance(model, da3.DepthAnything3), at_a_time, lean
        with torch.no_grad():
            self.tables = model.tables(height, width)
        self.dense_head = self.maps

    def trunk(self, images):
        """(1, S, 3, H, W) -> (tokens of four layers, (1, S, N, 2 C) each, or, when lean, what `Projected` makes of them; camera tokens of the last)."""
        m = self.model
        images = (images - m.mean) / m.deviation
        projected = Projected(m, *self.grid()) if self.lean else None
        keep = {"keep": projected} if self.lean else {}
        if self.da3:
            layers = m.backbone.pretrained(images, None, m.order(images.shape[1]), *self.tables, **keep)
        else:
            layers = m.aggregator(images, *self.tables, **keep)
        return layers, projected.cameras if self.lean else layers[-1][:, :, 0]

    def grid(self):
        return self.size[0] // self.model.patch, self.size[1] // self.model.patch

    def maps(self, layers):
        """Of some views, patch tokens (I, n, 2 C) of four layers, or projected ones -> depth and confidence (I, H, W)."""
        m, head = self.model, self.model.head if self.da3 else self.model.depth_head
        if not self.lean:
            if self.da3:
                dim, norm = m.config.dim, m.backbone.pretrained.norm
                layers = [torch.cat([x[..., :dim], norm(x[..., dim:])], -1) for x in layers]
            layers = [head.project(level, x, *self.grid()) for level, x in enumerate(layers)]
        return head.depth(head.maps(layers, *self.size), *self.size)

    def heads(self, trunk):
        layers, cameras = trunk
        m, views = self.model, cameras.shape[1]
        pose, focal = decode((m.cam_dec(cameras) if self.da3 else m.camera_head(cameras)).float())
        depth, conf = (torch.empty(views, *self.size, device=cameras.device) for _ in range(2))
        for i in range(0, views, self.at_a_time):
            some = slice(i, i + self.at_a_time)
            depth[some], conf[some] = self.dense_head([x[some] if self.lean else x[0, some, m.specials :] for x in layers])
        return {"depth": depth, "conf": conf, "w2c": inverse(pose) if self.da3 else pose, "focal": focal}


def toy(name: str) -> nn.Module:
    return vggt.Vggt(vggt.Config.toy()) if name == "vggt-1b" else da3.DepthAnything3(da3.Config.toy(), "first")


def build(name: str, device, is_toy: bool) -> nn.Module:
    """The teacher with random weights, reference view first: where nothing is reordered, a CUDA graph can be made."""
    torch.manual_seed(0)
    with torch.device(device):
        model = toy(name) if is_toy else checkpoints.build(name, "first")
    if is_toy:
        randomise(model)
    return model.eval().requires_grad_(False)


def columns_of(teacher: nn.Module, wanted, keeps, attentions, size, recipe: SparseRecipe, device) -> dict:
    """Name -> (model, what the row says of it, dtype). Students are calibrated on two views of noise."""
    made, gpu = {}, device == "cuda"
    window = torch.rand(1, 2, 3, *size, device=device)
    if "bf16" in wanted:
        made["bf16"] = (deploy(teacher), {}, torch.bfloat16)
    if "fp8" in wanted or "fp8+sla" in wanted:
        both = recipe_for(teacher, recipe, fp8=True)
        student = student_from_teacher(teacher, both)
        calibrate(student, lambda m: Halves(m, *size).trunk(window))
        if "fp8+sla" in wanted:
            for attention in attentions:
                deployed = deploy(student, variant=DEFAULT.get(attention, attention) if gpu else None)
                for keep in keeps:
                    made[f"fp8+sla {attention} keep {keep}"] = (deployed, {"keep": keep, "attention": attention, "block": recipe.block, "queries": recipe.queries},
                                                                torch.bfloat16)
        if "fp8" in wanted:
            dense = deploy(student)
            for name in sparse_mixers(dense):
                replace(dense, name, DenseMixer())
            made["fp8"] = (dense, {}, torch.bfloat16)
    if "fp32" in wanted:
        made["fp32"] = (teacher, {}, torch.float32)
    return made


def set_keep(model: nn.Module, keep: float):
    for m in model.modules():
        if isinstance(m, HopperMixer):
            m.keep = keep
        elif isinstance(m, SparseLinearMixer):
            m.recipe = dataclasses.replace(m.recipe, keep=keep)


def compile_blocks(halves: Halves):
    for m in halves.modules():
        if isinstance(m, Block):
            m.compile(dynamic=False)


def clock(run, gpu: bool, least: int) -> tuple[float, int]:
    """Median milliseconds and the number of runs."""
    times = []
    for i in range(1000):
        if gpu:
            start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
            start.record()
            run()
            end.record()
            end.synchronize()
            times.append(start.elapsed_time(end))
        else:
            began = time.perf_counter()
            run()
            times.append(1e3 * (time.perf_counter() - began))
        enough, warm_up = next((min(n, least), w) for most, n, w in ((500, 20, 3), (2000, 5, 1), (5000, 3, 1), (1e9, 2, 0)) if times[-1] < most)
        if i + 1 >= enough + warm_up:
            break
    times = sorted(times[-enough:])
    return times[len(times) // 2], len(times)


def capture(run):
    """-> (replay, static output)"""
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        run()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        out = run()
    return graph.replay, out


def dense_kernel(run) -> str:
    """Name of the dense attention kernel that took longest: that it is cuDNN's is what makes the baseline honest."""
    from torch.profiler import ProfilerActivity
    from torch.profiler import profile as record

    with record(activities=[ProfilerActivity.CUDA]) as profiler:
        run()
        torch.cuda.synchronize()
    found = {e.key: e.self_device_time_total for e in profiler.key_averages() if kind_of(e.key) == "attention, dense"}
    return max(found, key=found.get)[:60] if found else "none found"


def prepared(model: nn.Module, dtype, views: int, size, *, device: str, eager: bool, compile_heads: bool, at_a_time: int, lean: bool) -> tuple[Halves, torch.Tensor]:
    """A cell's model in two halves, compiled unless eager, and its pictures."""
    halves = Halves(model, *size, at_a_time, lean)
    halves.tables = torch.utils._pytree.tree_map(lambda t: t.to(dtype) if t.dtype == torch.float32 else t, halves.tables)
    if not eager:
        torch._dynamo.reset()
        compile_blocks(halves)
        if compile_heads:
            halves.dense_head = torch.compile(halves.maps, dynamic=False)
    return halves, torch.rand(1, views, 3, *size, device=device, dtype=dtype, generator=torch.Generator(device).manual_seed(1))


def attention_of(column: str):
    return contextlib.nullcontext() if column == "fp32" else dense_attention()


@torch.no_grad()
def cell(name: str, column: str, model: nn.Module, dtype, views: int, size, *, device: str, compiled: bool, runs: int, compile_heads: bool,
         at_a_time: int, lean: bool = False) -> dict:
    gpu, eager, began = device == "cuda", column == "fp32" or not compiled, time.perf_counter()
    halves, images = prepared(model, dtype, views, size, device=device, eager=eager, compile_heads=compile_heads, at_a_time=at_a_time, lean=lean)
    with attention_of(column):
        layers = halves.trunk(images)
        halves.heads(layers)
        del layers
        row = {"start_s": round(time.perf_counter() - began, 1), "weights_mb": round(stored_bytes(model) / 1e6)}
        if gpu:
            torch.cuda.synchronize()
            gc.collect()
            torch.cuda.empty_cache()
            others = torch.cuda.memory_allocated() - stored_bytes(model)
            torch.cuda.reset_peak_memory_stats()
            layers = halves.trunk(images)
            torch.cuda.synchronize()
            row["trunk_peak_mb"] = round((torch.cuda.max_memory_allocated() - others) / 1e6)
            out = halves.heads(layers)
            torch.cuda.synchronize()
            row["peak_mb"] = round((torch.cuda.max_memory_allocated() - others) / 1e6)
            row["attention_kernel"] = dense_kernel(lambda: halves.trunk(images)) if column in ("bf16", "fp8") else ""
            row["finite"] = all(bool(torch.isfinite(x).all()) for x in out.values())
            del layers, out
        row["graph"] = False
        if gpu and not eager:
            run_trunk, layers = capture(lambda: halves.trunk(images))
            run_heads, _ = capture(lambda: halves.heads(layers))
            row["graph"] = True

            def whole():
                run_trunk()
                run_heads()
        else:
            layers = halves.trunk(images)

            def run_trunk():
                halves.trunk(images)

            def run_heads():
                halves.heads(layers)

            def whole():
                halves.heads(halves.trunk(images))
        with alone():
            for part, run in (("trunk", run_trunk), ("heads", run_heads), ("whole", whole)):
                row[f"{part}_ms"], row["runs"] = undisturbed(lambda run=run: clock(run, gpu, runs))
    return row


@torch.no_grad()
def profile(name, column, model, dtype, views, size, *, device, compiled, compile_heads, at_a_time, lean=False, say=print) -> list[dict]:
    """Where a cell's time goes, by class of kernel, trunk and heads; and the ten longest kernels. -> a row for each of the two, for bench_table.py."""
    from torch.profiler import ProfilerActivity
    from torch.profiler import profile as record

    gpu, rows, began = device == "cuda", [], time.perf_counter()
    halves, images = prepared(model, dtype, views, size, device=device, eager=column == "fp32" or not compiled, compile_heads=compile_heads, at_a_time=at_a_time,
                              lean=lean)
    with attention_of(column):
        layers = halves.trunk(images)
        halves.heads(layers)
        start_s = round(time.perf_counter() - began, 1)
        for part, run in (("trunk", lambda: halves.trunk(images)), ("heads", lambda: halves.heads(layers))):
            with alone(), record(activities=[ProfilerActivity.CUDA if gpu else ProfilerActivity.CPU]) as profiler:
                run()
                if gpu:
                    torch.cuda.synchronize()
            times = {}
            for event in profiler.key_averages():
                spent = (event.self_device_time_total if gpu else event.self_cpu_time_total) / 1e3
                if spent:
                    times[event.key] = (spent, event.count)
            total, by_kind = sum(t for t, _ in times.values()), {}
            for kernel, (spent, _) in times.items():
                by_kind[kind_of(kernel)] = by_kind.get(kind_of(kernel), 0) + spent
            say(f"\n{name}, {column}, {views} views, {part}: {total:.2f} ms in kernels\n\n| kernels | ms | share |\n|---|---|---|")
            for kind, spent in sorted(by_kind.items(), key=lambda x: -x[1]):
                say(f"| {kind} | {spent:.2f} | {spent / total:.0%} |")
            say("")
            for kernel, (spent, count) in sorted(times.items(), key=lambda x: -x[1][0])[:10]:
                say(f"    {spent:9.3f} ms {count:5d} x {kernel[:110]}")
            rows.append({"model": name, "column": column, "views": views, "part": part, "start_s": start_s, "total_ms": total, "kinds_ms": by_kind})
    return rows


def expected_seconds(views: int, before: tuple[int, float, float] | None) -> float:
    """What a cell will take, from its column's last one: (views, seconds until it had run once, seconds after that). Compiling takes as long for
    every number of views; only what is timed grows with them."""
    if before is None:
        return 25
    seen, start, rest = before
    return start + rest * max(1, (views / seen) ** 1.5)


def order_of_cells(views, columns) -> list[tuple[int, str]]:
    """By what they are worth: small and large windows first, the paper's protocol last where one run takes seconds."""
    rank = {2: 0, 8: 1, 16: 2, 60: 3, 4: 4, 32: 5}
    views = sorted(views, key=lambda s: rank.get(s, 9))
    columns = sorted(columns, key=lambda c: (not c.startswith("bf16"), not c.startswith("fp8+sla"), c == "fp32"))
    slow = [(s, c) for s in views for c in columns if c == "fp32" and s > 16]
    return [(s, c) for s in views for c in columns if (s, c) not in slow] + sorted(slow)


def add_arguments(parser):
    parser.add_argument("--models", nargs="+", choices=tuple(SIZES), default=list(SIZES))
    parser.add_argument("--views", type=int, nargs="+", default=[2, 4, 8, 16, 32, 60])
    parser.add_argument("--columns", nargs="+", choices=COLUMNS, default=list(COLUMNS))
    parser.add_argument("--keep", type=float, nargs="+", default=[0.3], help="shares of keys that stay exact, a row each")
    parser.add_argument("--attention", nargs="+", default=["bf16"], metavar="NAME", help="precision of sparse attention (bf16, int8, 8bit, fp8), or names of hopper.VARIANTS")
    parser.add_argument("--block", type=int, default=64)
    parser.add_argument("--queries", type=int, default=128, help="queries that share a choice")
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--budget", type=float, default=1e9, help="seconds; a cell that would not fit is left out and named")
    parser.add_argument("--json", type=Path, help="rows are appended there as they come")
    parser.add_argument("--profile", type=Path, help="instead of timing: where the time of these cells goes, into this file (and as rows into --json)")
    parser.add_argument("--heads-at-a-time", type=int, default=AT_A_TIME, metavar="VIEWS", help="in every column; up to 16 views this is what peaks in memory")
    parser.add_argument("--lean", type=int, default=0, metavar="GROUPS",
                        help="every column in the least memory (lean.py), heads of long windows in so many groups; the trunk then ends with the first product of the dense head")
    parser.add_argument("--eager-heads", action="store_true", help="heads are not compiled")
    parser.add_argument("--no-compile", action="store_true")
    parser.add_argument("--toy", action="store_true", help="toy width and toy pictures, to show that it runs")


def main(args):
    began = time.perf_counter()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    if device == "cpu":
        if not args.toy:
            raise SystemExit("bench needs a GPU; --toy shows on a CPU that it runs")
        torch.set_num_threads(1)
    compiled = device == "cuda" and not args.no_compile
    torch._dynamo.config.recompile_limit = torch._dynamo.config.accumulated_recompile_limit = 512
    facts = {"date": date.today().isoformat(), "device": torch.cuda.get_device_name() if device == "cuda" else "cpu", "torch": torch.__version__}
    rows, log = [], args.json and open(args.json, "a")
    print(f"{facts['device']}, {facts['date']}, PyTorch {facts['torch']}")

    def say(text):
        print(text, flush=True)

    def left():
        return args.budget - (time.perf_counter() - began)

    for name in args.models:
        size = (28, 42) if args.toy else SIZES[name]
        teacher = build(name, device, args.toy)
        recipe = SparseRecipe(keep=args.keep[0], block=4 if args.toy else args.block, query_block=8 if args.toy else args.queries, specials=teacher.specials)
        models = columns_of(teacher, args.columns, args.keep, args.attention, size, recipe, device)
        if args.lean:
            for model in {id(m): m for m, *_ in models.values()}.values():
                take_heads_in_turn(served(model), groups=args.lean)
        if "fp32" not in args.columns:
            del teacher
        say(f"\n{name}, {size[1]} x {size[0]}, ready after {time.perf_counter() - began:.0f} s")
        spent = {}  # column -> what expected_seconds asks for
        for views, column in order_of_cells(args.views, models):
            model, says, dtype = models[column]
            row = facts | {"model": name, "width": size[1], "height": size[0], "views": views, "column": column, "heads_at_a_time": args.heads_at_a_time, "lean": args.lean} | says
            estimate = expected_seconds(views, spent.get(column))
            if estimate > left():
                say(f"left out for lack of time: {name}, {views} views, {column} (about {estimate:.0f} s, {left():.0f} left)")
                continue
            if "keep" in says:
                set_keep(model, says["keep"])
            start, common = time.perf_counter(), {"device": device, "compiled": compiled, "compile_heads": not args.eager_heads, "at_a_time": args.heads_at_a_time,
                                                  "lean": args.lean > 0}
            try:
                if args.profile:
                    with open(args.profile, "a") as file:
                        parts = profile(name, column, model, dtype, views, size, **common, say=lambda text: (say(text), print(text, file=file, flush=True)))
                    row["start_s"] = parts[0]["start_s"]
                    if log:
                        print(*(json.dumps(facts | part) for part in parts), sep="\n", file=log, flush=True)
                    continue
                row |= cell(name, column, model, dtype, views, size, runs=args.runs, **common)
            except Exception as broken:  # one column that fails must not take the others with it
                row["failed"] = f"{type(broken).__name__}: {broken}"[:600]
            finally:
                seconds = time.perf_counter() - start
                spent[column] = (views, row.get("start_s", seconds), seconds - row.get("start_s", seconds))
                gc.collect()
                if device == "cuda":
                    torch.cuda.empty_cache()
            rows.append(row)
            say("  ".join(f"{k} {v:.4g}" if isinstance(v, float) else f"{k} {v}" for k, v in row.items() if k not in (*facts, "width", "height")))
            if log:
                print(json.dumps(row), file=log, flush=True)
        models.clear()
        teacher = None
        gc.collect()
        if device == "cuda":
            torch.cuda.empty_cache()
    if not args.profile:
        say("\n" + columns(rows))
    if device == "cpu" and any("failed" in r for r in rows):
        raise SystemExit("a rehearsal must not fail")
