"""Makes the model folder beside it: a Lite3R student of a Depth-Anything-3 of toy width with random weights, as the Python package exports the real ones.

    PYTHONPATH=student PYTHON tests/models/da3-toy/make.py        with the PYTHON of the environment that student/run made

It reconstructs nothing; the Java tests hold the service against its form: fixed window and picture size, FP8, weights in a file of their own.
"""

from pathlib import Path

import torch

from lite3r_student.backbones import convert, da3, export
from lite3r_student.backbones.parity import randomise
from lite3r_student.sparse import SparseRecipe

torch.set_num_threads(1)
teacher = da3.DepthAnything3(da3.Config.toy()).eval()
randomise(teacher, seed=3)
with torch.no_grad():
    teacher.head.scratch.output_conv2[2].weight.mul_(0.1)  # calmer than random: depth without jumps
generator = torch.Generator().manual_seed(0)
windows = [torch.rand(1, 3, 3, 42, 56, generator=generator) for _ in range(2)]
student = convert.convert(teacher, convert.recipe_for(teacher, SparseRecipe(keep=0.5, block=4, specials=1), fp8=True), windows)
facts = {"backbone": "da3-toy", "reference": "middle", "licence": "Apache-2.0", "commercial": True, "size": [42, 56],
         "checkpoint": "random weights, seed 3", "checkpoint_sha256": "", "calibration": "2 windows of noise"}
export.export(student, facts, Path(__file__).parent, id="lite3r-da3-toy", views=3)
(Path(__file__).parent / "report.md").unlink()
