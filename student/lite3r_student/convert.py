"""student_from_teacher: one model and one recipe in, another model out.

    recipe  = Recipe(sparse=SparseRecipe(keep=0.3, specials=4), attention=r"blocks\\.(3|5|7)\\.attention",
                     fp8=Fp8Recipe(), quantise=r"blocks\\.\\d+")
    student = student_from_teacher(teacher, recipe)

The teacher is not touched; the student starts as a copy in which

* every attention layer whose full name matches `attention` has its dense mixer replaced by a sparse linear one,
* every linear layer at or below a module whose full name matches `quantise` passes through FP8,
* everything is frozen except the new linear-branch projections.

Any module tree will do: the walk knows names and types only. An attention layer is convertible when it keeps the part that goes from
(q, k, v) to o in a child called `mixer` (as `attention.Attention` does) and says `heads` and `head_dim`; others (VGGT, Depth-Anything-3)
need an adapter, a function that rewrites one layer into that form. What was selected and cannot be converted is an error with its
name, never a layer skipped in silence; so is a pattern that selects nothing.
"""

import copy
import dataclasses
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from torch import nn

from .attention import DenseMixer
from .fp8 import Fp8Linear, Fp8Recipe
from .sparse import SparseLinearMixer, SparseRecipe

Adapter = Callable[[nn.Module], nn.Module]
"""Rewrites one foreign attention layer as one with a `mixer`, sharing its parameters."""


@dataclass(frozen=True)
class Recipe:
    """What to convert, and into what. Patterns match whole module names (re.fullmatch)."""

    sparse: SparseRecipe | None = None
    attention: str | None = None
    fp8: Fp8Recipe | None = None
    quantise: str | None = None
    keeps: tuple[float, ...] | None = None
    """A share of the keys for each layer, in the model's order, instead of the same one for all. On average no more than the recipe's `keep`."""

    def __post_init__(self):
        if self.keeps is not None and (self.sparse is None or sum(self.keeps) > len(self.keeps) * self.sparse.keep + 1e-6):
            raise ValueError(f"keeps {self.keeps}: on average no more than the recipe's keep")
        for what, pattern, meaning in (("sparse", "attention", "attention layers"), ("fp8", "quantise", "modules to quantise")):
            if (getattr(self, what) is None) != (getattr(self, pattern) is None):
                raise ValueError(f"{what} and {pattern} belong together: {pattern} names the {meaning}")
            if getattr(self, pattern) is not None:
                re.compile(getattr(self, pattern))
        if self.sparse is None and self.fp8 is None:
            raise ValueError("a recipe without sparse and without fp8 converts nothing")


    def to_dict(self) -> dict:
        return asdict(self)

    @staticmethod
    def from_dict(d: dict) -> "Recipe":
        return Recipe(sparse=d["sparse"] and SparseRecipe(**d["sparse"]), attention=d["attention"],
                      fp8=d["fp8"] and Fp8Recipe(**d["fp8"]), quantise=d["quantise"], keeps=d.get("keeps") and tuple(d["keeps"]))


def student_from_teacher(teacher: nn.Module, recipe: Recipe, *, adapters: Mapping[type, Adapter] | None = None) -> nn.Module:
    """The converted copy. With FP8 it still has to be calibrated (`fp8.calibrate`); with sparse attention, distilled (`distill.py`)."""
    student = copy.deepcopy(teacher).requires_grad_(False)
    if recipe.sparse is not None:
        names = matching(student, recipe.attention)
        keeps = recipe.keeps or (recipe.sparse.keep,) * len(names)
        if len(keeps) != len(names):
            raise ValueError(f"{len(keeps)} shares to keep for {len(names)} attention layers")
        for name, keep in zip(names, keeps):
            replace(student, name, with_sparse_mixer(name, student.get_submodule(name), dataclasses.replace(recipe.sparse, keep=keep), adapters or {}))
    if recipe.fp8 is not None:
        for root in matching(student, recipe.quantise):
            for name in linear_layers(root, student.get_submodule(root)):
                replace(student, name, Fp8Linear(student.get_submodule(name), recipe.fp8))
    return student.train(teacher.training)


def matching(model: nn.Module, pattern: str) -> list[str]:
    """Full names that match and do not lie below another match, in the model's order."""
    names = []
    for name, _ in model.named_modules():
        inside = any(name.startswith(root + ".") for root in names)
        if name and not inside and re.fullmatch(pattern, name):
            names.append(name)
    if not names:
        raise ValueError(f"no module's name matches {pattern!r}")
    return names


def with_sparse_mixer(name: str, layer: nn.Module, recipe: SparseRecipe, adapters: Mapping[type, Adapter]) -> nn.Module:
    if type(layer) in adapters:
        layer = adapters[type(layer)](layer)
    if not isinstance(getattr(layer, "mixer", None), DenseMixer):
        raise TypeError(f"{name}: {type(layer).__name__} has no dense mixer to replace, and there is no adapter for it")
    parameter = next(layer.parameters())
    mixer = SparseLinearMixer(layer.heads, layer.head_dim, recipe).to(parameter.device, parameter.dtype)
    layer.mixer = mixer.train(layer.training)
    return layer


def linear_layers(root: str, module: nn.Module) -> list[str]:
    """Names of the linear layers at or below `root`. Norms and other vectors stay as they are; an unknown matrix is an error."""
    names = []
    for below, m in module.named_modules():
        name = f"{root}.{below}".rstrip(".")
        if type(m) is nn.Linear:
            names.append(name)
        elif not isinstance(m, (SparseLinearMixer, Fp8Linear)):
            matrices = [p for p, value in m.named_parameters(recurse=False) if value.dim() >= 2]
            if matrices:
                raise TypeError(f"{name}: cannot quantise {type(m).__name__} (its {', '.join(matrices)})")
    if not names:
        raise TypeError(f"{root}: {type(module).__name__} holds no linear layer")
    return names


def replace(model: nn.Module, name: str, module: nn.Module):
    parent, _, child = name.rpartition(".")
    setattr(model.get_submodule(parent), child, module)


def sparse_mixers(model: nn.Module) -> dict[str, SparseLinearMixer]:
    """Name -> mixer, in the model's order."""
    return {name: m for name, m in model.named_modules() if isinstance(m, SparseLinearMixer)}


def names_of_global_attention(model: nn.Module) -> str:
    """A pattern for the attention layers of our own model that mix a whole window."""
    names = [name for name, m in model.named_modules() if getattr(m, "kind", None) == "global" and hasattr(m, "mixer")]
    if not names:
        raise ValueError(f"{type(model).__name__} has no attention layer of kind 'global'")
    return "|".join(map(re.escape, names))


TRANSFORMER = r"blocks\.\d+"
"""Where FP8 applies in our own model; stem, camera block and heads keep full precision."""


def save_student(folder: Path, student: nn.Module, recipe: Recipe, facts: dict):
    from . import checkpoint

    checkpoint.save(Path(folder), student.state_dict(), {**facts, "student": recipe.to_dict()})


def load_any(folder: Path) -> tuple[nn.Module, dict]:
    """Teacher or student, whichever the folder holds, ready to run; and its facts."""
    from . import checkpoint
    from .backbones import serve, store
    from .model import Config, Teacher

    if (Path(folder) / store.FILE).exists():
        model, facts = store.load(folder)
        return serve.InSubmap(model).eval(), facts

    weights, facts = checkpoint.load(Path(folder))
    model = Teacher(Config.from_dict(facts["config"]))
    if "student" in facts:
        model = student_from_teacher(model, Recipe.from_dict(facts["student"]))
    model.load_state_dict(weights)
    return model.eval(), facts


def add_arguments(parser):
    from .ablate import add_sparse_arguments
    from .backbones import checkpoints

    parser.add_argument("checkpoint", type=Path, help="folder of the teacher's weights; with --model, a file as its authors publish it")
    parser.add_argument("out", type=Path, help="folder for the student's weights")
    add_sparse_arguments(parser)
    parser.add_argument("--fp8", action="store_true", help="FP8 from the start, so that the closed form is aware of it")
    parser.add_argument("--model", choices=tuple(checkpoints.CATALOGUE), help=f"a published backbone, under its licence: {checkpoints.licences()}")
    parser.add_argument("--images", type=Path, help="with --model: folder of pictures to calibrate on")
    parser.add_argument("--longest", type=int, help="with --model: longest side of a picture in pixels (default: as the authors feed it)")
    parser.add_argument("--reference", choices=("first", "middle"), help="with --model da3-*: the view that poses refer to (default: middle)")
    parser.add_argument("--calibration", type=int, default=32, help="windows for scales and closed form, procedural without --model")
    parser.add_argument("--views", type=int, default=4, help="their views")
    parser.add_argument("--steps", type=int, default=0, help="gradient steps after the closed form")
    parser.add_argument("--learning-rate", type=float, default=1e-3, help="of those steps, without --model")


def main(args):
    """Teacher -> Lite3R student: convert, calibrate, closed form, and a few gradient steps when asked for."""
    if args.model:
        from .backbones import convert as backbone

        return backbone.main(args)
    import torch

    from . import heldout
    from .ablate import in_bands, keeps_of, sparse_recipe
    from .distill import closed_form, distill
    from .fp8 import calibrate
    from .imitation import imitation

    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.set_num_threads(args.threads)
    teacher, facts = load_any(args.checkpoint)
    teacher.to(device)
    in_bands(teacher, args.band)
    facts = {**facts, "config": teacher.config.to_dict()}  # the blocks are cut from that order
    recipe = Recipe(sparse=sparse_recipe(args, teacher.config.specials), attention=names_of_global_attention(teacher), keeps=keeps_of(args),
                    fp8=Fp8Recipe() if args.fp8 else None, quantise=TRANSFORMER if args.fp8 else None)
    student = student_from_teacher(teacher, recipe)
    runs = heldout.runs(heldout.batches("calibration", args.calibration, views=args.views, batch=1, device=device, threads=args.threads))
    calibrate(student, lambda m: [run(m) for run in runs])
    for name, (before, after) in closed_form(student, teacher, runs).items():
        print(f"{name}: error of the attention {before:.4f} sparse only, {after:.4f} with the linear branch")
    if args.steps:
        lessons = heldout.runs(heldout.batches("distillation", 4 * args.calibration, views=args.views, device=device, threads=args.threads))
        losses = distill(student, teacher, (lessons[i % len(lessons)] for i in range(args.steps)), steps=args.steps, learning_rate=args.learning_rate, task_loss=imitation)
        print(f"attention MSE {losses[0]:.3e} -> {losses[-1]:.3e} in {args.steps} steps")
    save_student(args.out, student, recipe, facts)
