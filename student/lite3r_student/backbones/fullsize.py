"""Both backbones exported at full size, run by ONNX Runtime on the CPU and compared with PyTorch: once, on a machine with the memory for it.

    lite3r_student full-size --models vggt-1b da3-large --out FOLDER            # one after the other, minutes; memory: see docs/backbones.md
    lite3r_student full-size --toy                                             # shows that it runs

Weights are random, so that neither an official file nor a licence is needed: what is tested is that graphs of this size, with their weights beside
them, are written, loaded and right. The teacher goes out in float32, the student (sparse, FP8) as it ships.
"""

import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from .. import export as own
from ..convert import student_from_teacher
from ..fp8 import calibrate
from ..report import parity, processor, unsteadiness
from ..sparse import SparseRecipe
from . import checkpoints, da3, vggt
from .convert import recipe_for
from .export import save_with_data, trace
from .parity import randomise
from .serve import InSubmap

SIZES = {"vggt-1b": (392, 518, 2), "da3-large": (378, 504, 3)}
"""Height, width, views: the fewest that give usable poses."""
ALLOWANCE = 2
"""A graph rounds in every operation what the noise changes once."""


def network(name: str, toy: bool):
    if toy:
        model = (vggt.Vggt(vggt.Config.toy()) if name == "vggt-1b" else da3.DepthAnything3(da3.Config.toy())).eval()
    else:
        model = checkpoints.build(name)
    randomise(model)
    return model


def as_student(teacher, height: int, width: int, views: int, block: int):
    student = student_from_teacher(teacher, recipe_for(teacher, SparseRecipe(keep=0.3, block=block, specials=teacher.specials), fp8=True))
    window = torch.rand(1, views, 3, height, width, generator=torch.Generator().manual_seed(0))
    calibrate(student, lambda m: m(window))
    return student


def row(model, precision: str, folder: Path, height: int, width: int, views: int, say=print) -> dict:
    """Exports, runs, compares. Beyond report.py's tolerance it is an error, or, where that is more, beyond ALLOWANCE times what PyTorch differs from itself by."""
    began = time.perf_counter()
    proto = trace(model, views, height, width)
    if precision == "fp8-qdq":
        own.fold_fp8(proto)
    save_with_data(proto, folder)
    del proto
    exported = time.perf_counter()
    served = InSubmap(model)
    shaken = unsteadiness(served, views, height, width)
    say(f"PyTorch against itself, pictures changed by 1e-6: {', '.join(f'{name} {shaken[name]:.1e}' for name in own.NAMES)}")
    rows = parity(served, folder / "student.onnx", precision=precision, buckets=((height, width),), views=(views,), threads=torch.get_num_threads(),
                  tolerated={name: ALLOWANCE * off for name, off in shaken.items()})
    return {"graph_mb": (folder / "student.onnx").stat().st_size / 1e6, "data_mb": (folder / "student.onnx.data").stat().st_size / 1e6,
            "export_s": exported - began, "compare_s": time.perf_counter() - exported, "rms": {r["output"]: r["rms"] for r in rows},
            "max": {r["output"]: float(np.max(r["max"])) for r in rows}}


def add_arguments(parser):
    parser.add_argument("--models", nargs="+", choices=tuple(SIZES), default=list(SIZES))
    parser.add_argument("--kinds", nargs="+", choices=("teacher", "student"), default=["teacher", "student"])
    parser.add_argument("--out", type=Path, help="where graphs are written and left (default: a folder that is removed)")
    parser.add_argument("--table", type=Path, help="the table goes there, too, row by row")
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--toy", action="store_true")


@torch.no_grad()
def main(args):
    torch.set_num_threads(args.threads)
    table = open(args.table, "a") if args.table else None
    failed = False

    def say(line):
        print(line, flush=True)
        if table:
            print(line, file=table, flush=True)

    say(f"{processor()}, PyTorch {torch.__version__}\n\n| model | precision | views, size | graph + data MB | export s | compare s | RMS error over RMS: "
        f"{', '.join(own.NAMES)} | largest |\n|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as scratch:
        for name in args.models:
            height, width, views = (28, 42, 3) if args.toy else SIZES[name]
            for kind in args.kinds:
                folder = (args.out or Path(scratch)) / f"{name}-{kind}"
                folder.mkdir(parents=True, exist_ok=True)
                precision = "fp32" if kind == "teacher" else "fp8-qdq"
                what = f"| {name} {kind} | {precision} | {views}, {width} x {height} "
                try:
                    model = network(name, args.toy)
                    if kind == "student":
                        model = as_student(model, height, width, views, 4 if args.toy else 64)
                    r = row(model, precision, folder, height, width, views, say)
                except Exception as broken:  # the other graphs are still worth their time
                    failed = True
                    say(f"{what}| failed: {type(broken).__name__}: {str(broken)[:300]} |")
                    continue
                say(f"{what}| {r['graph_mb']:.1f} + {r['data_mb']:.0f} | {r['export_s']:.0f} | {r['compare_s']:.0f} | "
                    f"{', '.join(f'{v:.1e}' for v in r['rms'].values())} | {max(r['max'].values()):.1e} |")
    if failed:
        raise SystemExit("not every graph was right")
