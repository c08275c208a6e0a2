"""Official checkpoint and a folder of pictures -> Lite3R student, by the same steps as our own model (see ../convert.py).

    lite3r_student convert model.safetensors OUT --model da3-base --images PHOTOS --fp8

Which attention is replaced and what is quantised follows from the network: global attention layers, and linear layers of all transformer blocks; heads
and everything that touches a camera keep full precision.
"""

from ..convert import Recipe, names_of_global_attention, student_from_teacher
from ..distill import closed_form, distill
from ..fp8 import Fp8Recipe, calibrate
from . import checkpoints, photos, store


def recipe_for(model, sparse, fp8: bool) -> Recipe:
    return Recipe(sparse=sparse, attention=names_of_global_attention(model), fp8=Fp8Recipe() if fp8 else None, quantise=model.blocks if fp8 else None)


def convert(teacher, recipe: Recipe, windows: list, *, steps: int = 0, say=print):
    """The student, calibrated on `windows` (1, S, 3, H, W) and with its linear branches solved; then `steps` of gradient."""
    runs = [lambda model, images=images: model(images) for images in windows]
    student = student_from_teacher(teacher, recipe)
    calibrate(student, lambda model: [run(model) for run in runs])
    for name, (before, after) in closed_form(student, teacher, runs).items():
        say(f"{name}: error of the attention {before:.4f} sparse only, {after:.4f} with the linear branch")
    if steps:
        losses = distill(student, teacher, (runs[i % len(runs)] for i in range(steps)), steps=steps, learning_rate=1e-4)
        say(f"attention MSE {losses[0]:.3e} -> {losses[-1]:.3e} in {steps} steps")
    return student


def main(args):
    import torch

    from ..ablate import sparse_recipe

    if args.images is None:
        raise SystemExit("convert --model needs --images FOLDER: pictures like those the student will see")
    torch.set_num_threads(args.threads)
    known = checkpoints.CATALOGUE[args.model]
    print(f"{args.model}, {known.source}, licence {known.terms}")
    teacher = checkpoints.load(args.checkpoint, args.model, args.reference)
    if args.views < teacher.least_views:
        raise SystemExit(f"{args.model} gives no usable poses below {teacher.least_views} views; --views {args.views}")
    pictures = photos.load(args.images, longest=args.longest or known.longest, patch=teacher.patch)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    windows = [w.to(device) for w in photos.windows(pictures, args.views, args.calibration)]
    recipe = recipe_for(teacher, sparse_recipe(args, teacher.specials, block=64), args.fp8)
    student = convert(teacher.to(device), recipe, windows, steps=args.steps)
    facts = {"backbone": args.model, "reference": teacher.reference, "recipe": recipe.to_dict(), "size": list(pictures.shape[2:]), "licence": known.licence,
             "commercial": known.commercial, "checkpoint": args.checkpoint.name, "checkpoint_sha256": checkpoints.sha256(args.checkpoint),
             "calibration": f"{len(windows)} windows of {args.views}"}
    store.save(args.out, student, facts)
    print(f"{args.out}: {args.model} student for pictures of {pictures.shape[3]} x {pictures.shape[2]}")
