"""A converted backbone on disk: `student.safetensors` with every weight in float32, and in its header what it is.

The header's `lite3r` entry is JSON: `backbone` (a name of the catalogue), `reference`, `recipe`, `size` [height, width] it was calibrated at, `licence`,
and where it comes from (`checkpoint`'s name and SHA-256).
"""

import json
from pathlib import Path

from torch import nn

from ..convert import Recipe, student_from_teacher
from ..fp8 import Fp8Linear
from . import checkpoints

FILE = "student.safetensors"


def save(folder: Path, model: nn.Module, facts: dict):
    from safetensors.torch import save_file

    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    unique = dict(model.named_parameters()) | dict(model.named_buffers())  # tied tensors once; constants that are made anew do no harm
    kept = {name: value.detach().contiguous() for name, value in unique.items() if name in model.state_dict()}
    save_file(kept, folder / FILE, metadata={"lite3r": json.dumps(facts)})


def facts_of(folder: Path) -> dict:
    from safetensors import safe_open

    with safe_open(Path(folder) / FILE, "pt") as file:
        return json.loads(file.metadata()["lite3r"])


def load(folder: Path) -> tuple[nn.Module, dict]:
    """(model ready to run, facts)."""
    facts = facts_of(folder)
    model = checkpoints.build(facts["backbone"], facts["reference"])
    if facts["recipe"]:
        model = student_from_teacher(model, Recipe.from_dict(facts["recipe"]))
    checkpoints.fill(model, checkpoints.read(Path(folder) / FILE))
    for module in model.modules():  # a stored scale ends calibration; see fp8.py
        if isinstance(module, Fp8Linear) and module.input_scale > 0:
            module.histogram = None
    return model.eval(), facts


def load_teacher(folder: Path) -> nn.Module:
    """The network before its conversion: a student's weights without what the conversion added."""
    facts, added = facts_of(folder), ("linear_projection", "sparse_projection", "input_scale")
    model = checkpoints.build(facts["backbone"], facts["reference"])
    checkpoints.fill(model, {name: value for name, value in checkpoints.read(Path(folder) / FILE).items() if not name.endswith(added)})
    return model.eval()
