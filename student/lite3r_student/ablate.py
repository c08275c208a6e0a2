"""What each step of the conversion costs and what it wins back: teacher and students on the same held-out procedural windows.

    python -m lite3r_student ablate CHECKPOINT --views 4 16 --windows 512

Rows, each building on the one above except where it says otherwise:

    teacher                 dense, full precision
    teacher, FP8            FP8 alone: every linear layer of the blocks, static scales from calibration windows
    sparse only             every global attention layer keeps `keep` of its keys; P = 0
    + linear, closed form   P from ridge regression, layer by layer
    + distilled             (with `steps`) then gradient steps on the attention's and the model's outputs
    + FP8 afterwards        then FP8, calibrated but not trained for
    FP8-aware               FP8 first, and closed form and gradient with it on: P also corrects what rounding does to its inputs

Calibration, distillation and evaluation windows are three different sets of scenes. `--name` takes yet another set for the evaluation, so that a recipe
is not chosen by the windows that are reported; `--search` leaves out the rows that do not help to choose.
"""

import json
import time
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path

import torch

from . import heldout
from .convert import TRANSFORMER, Recipe, names_of_global_attention, student_from_teacher
from .distill import attention_error, closed_form, distill
from .evaluate import table, torch_predictor
from .fp8 import Fp8Recipe, calibrate
from .imitation import imitation
from .sparse import SparseRecipe


BLOCK, BAND = 8, 4
"""Our own model's: tiles of four by two patches, chosen on windows of their own (docs/results/student.md). The Hopper kernel takes blocks from 16 on."""


def variants(teacher, sparse: SparseRecipe, fp8: Fp8Recipe, *, calibration, training, steps: int, learning_rate: float, search: bool = False, keeps=None):
    """Yields (name, model), the models as described above. `calibration`, `training`: lists of run(model)."""
    attention = names_of_global_attention(teacher)

    def distilled(student):
        """Gradient steps through the training windows, round and round."""
        if steps:
            distill(student, teacher, (training[i % len(training)] for i in range(steps)), steps=steps, learning_rate=learning_rate, task_loss=imitation)
        return student

    def calibrated(model):
        calibrate(model, lambda m: [run(m) for run in calibration])
        return model

    def with_fp8(model):
        return calibrated(student_from_teacher(model, Recipe(fp8=fp8, quantise=TRANSFORMER)))

    yield "teacher", teacher
    if not search:
        yield "teacher, FP8", with_fp8(teacher)
    student = student_from_teacher(teacher, Recipe(sparse=sparse, attention=attention, keeps=keeps))
    yield "sparse only", student
    closed_form(student, teacher, calibration)
    yield "+ linear, closed form", student
    if steps:
        yield "+ distilled", distilled(student)
    if search:
        return
    yield "+ FP8 afterwards", with_fp8(student)
    aware = calibrated(student_from_teacher(teacher, Recipe(sparse=sparse, attention=attention, keeps=keeps, fp8=fp8, quantise=TRANSFORMER)))
    closed_form(aware, teacher, calibration)
    yield "FP8-aware", distilled(aware)


def ablate(teacher, sparse: SparseRecipe, *, views=(4, 16), windows=64, calibration=32, training=128, steps=100, learning_rate=1e-3,
           train_views=(4,), device="cpu", threads=1, size=(192, 256), fp8=Fp8Recipe(), name="held-out", search=False, keeps=None, say=print) -> dict:
    """{views: {variant: summary}}; a summary also says the mean relative error of the attention outputs. Lessons of `train_views` take turns."""
    made = {"device": device, "threads": threads, "height": size[0], "width": size[1]}
    began = time.perf_counter()
    held_out = {s: list(heldout.batches(name, windows, views=s, **made)) for s in views}
    share = len(train_views)
    feed = in_turns(heldout.runs(heldout.batches("calibration", -(-calibration // share), views=v, batch=1, **made)) for v in train_views)
    lessons = in_turns(heldout.runs(heldout.batches("distillation", -(-training // share), views=v, **made)) for v in train_views) if steps else []
    say(f"{windows} windows of {', '.join(map(str, views))} views made in {time.perf_counter() - began:.0f} s")
    results = {s: {} for s in views}
    for name, model in variants(teacher, sparse, fp8, calibration=feed, training=lessons, steps=steps, learning_rate=learning_rate, search=search,
                                keeps=keeps):
        began = time.perf_counter()
        for s in views:
            row = heldout.score(torch_predictor(model, device=device), held_out[s], threads=threads, curve=False)["all"]
            if "sparse" in name or "+" in name or "aware" in name:
                errors = attention_error(model, teacher, heldout.runs(held_out[s][:2]))
                row["attention_error"] = sum(errors.values()) / len(errors)
            results[s][name] = row
            say(f"{name}, S={s}: AbsRel {row['absrel']:.4f} AUC@30 {row['auc30']:.4f} rotation {row['rotation']:.2f} "
                f"attention error {row.get('attention_error', float('nan')):.4f} ({time.perf_counter() - began:.0f} s)")
    return results


def in_turns(lists) -> list:
    """One of each, then the next of each, until the longest has ended."""
    return [x for several in zip_longest(*lists) for x in several if x is not None]


def add_arguments(parser):
    parser.add_argument("checkpoint", type=Path, help="folder of the teacher's weights")
    parser.add_argument("--views", type=int, nargs="+", default=[4, 16])
    parser.add_argument("--windows", type=int, default=64, help="held-out windows for each number of views")
    parser.add_argument("--calibration", type=int, default=32, help="windows for scales and closed form")
    parser.add_argument("--training", type=int, default=128, help="windows to distil on")
    parser.add_argument("--steps", type=int, default=100, help="gradient steps; 0: closed form only")
    parser.add_argument("--train-views", type=int, nargs="+", default=[4], help="views of calibration and distillation windows, in turns")
    parser.add_argument("--name", default="held-out", help="another set of windows to evaluate on: choose a recipe there, report on the default")
    parser.add_argument("--search", action="store_true", help="only the teacher and the rows up to distillation")
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    add_sparse_arguments(parser)
    parser.add_argument("--json", type=Path, help="also write all numbers there")


def add_sparse_arguments(parser):
    """Shared with the command that converts."""
    parser.add_argument("--keep", type=float, default=0.3)
    parser.add_argument("--keeps", type=float, nargs="+", help="a share for each global layer in turn; on average no more than --keep")
    parser.add_argument("--skip", type=float, help="three-way: this share of the blocks is dropped")
    parser.add_argument("--block", type=int, help=f"tokens in a block (default: {BLOCK}; of a published backbone 64)")
    parser.add_argument("--query-block", type=int, help="queries that share a choice (default: as many as a block)")
    parser.add_argument("--band", type=int, default=BAND, help="our own model: number patches in bands of so many rows, so that blocks are tiles")
    parser.add_argument("--feature-map", choices=("softmax", "elu"), default="softmax")
    parser.add_argument("--rescale", action="store_true", help="also learn a matrix for the sparse output")
    parser.add_argument("--threads", type=int, default=1)


def sparse_recipe(args, specials: int, block: int = BLOCK) -> SparseRecipe:
    return SparseRecipe(keep=args.keep, skip=args.skip, block=args.block or block, query_block=args.query_block, feature_map=args.feature_map, rescale=args.rescale, specials=specials)


def keeps_of(args) -> tuple[float, ...] | None:
    return args.keeps and tuple(args.keeps)


def in_bands(teacher, band: int):
    """The same model with its patches in another order (model.band_order)."""
    teacher.config = replace(teacher.config, band=band)


def main(args):
    from .checkpoint import load_model

    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.set_num_threads(args.threads)
    teacher = load_model(args.checkpoint).to(device)
    in_bands(teacher, args.band)
    recipe = sparse_recipe(args, teacher.config.specials)
    results = ablate(teacher, recipe, views=args.views, windows=args.windows, calibration=args.calibration, training=args.training,
                     steps=args.steps, learning_rate=args.learning_rate, train_views=args.train_views, device=device, threads=args.threads, name=args.name, search=args.search, keeps=keeps_of(args))
    for views, rows in results.items():
        print(f"\nS = {views}, {args.windows} held-out windows, {recipe}, band {teacher.config.band}, keeps {args.keeps or args.keep}\n")
        print(table(rows.items(), first="model"))
    if args.json:
        args.json.write_text(json.dumps(results, indent=1))
