"""BlendedMVS and DTU64 in one command each, by the paper's protocol and by a better one.

    lite3r_student benchmark blendedmvs ROOT MODEL...                      the paper's: 2 views, 32 samples (DTU64: 14)
    lite3r_student benchmark blendedmvs ROOT MODEL... --views 4 8 16       the better one

The paper's protocol (Lite3R, arXiv 2605.11354): a view and its best neighbour; AbsRel after one median scale per window, and the mean angle by which the
relative rotation is wrong. DTU64 has poses only. Which samples its authors drew is not published; ours are spread evenly over all views in file order.
Two views cannot show what a multi-view model is for, and a mean angle hides how many pairs are good; so the better protocol has S = 4, 8, 16 views,
AUC@3 and AUC@30 of the larger of rotation and direction error over all pairs (definitions: metrics.py), and the mean AbsRel of whole windows.

A MODEL is a student.onnx, a folder of weights, or, as NAME=FILE, an official checkpoint. Pictures are stretched to the size it takes, as in the service.
"""

import json
import time
from pathlib import Path

import numpy as np

from . import captures, datasets, evaluate, metrics

SAMPLES = {"blendedmvs": 32, "dtu64": 14}


def load_window(found: datasets.Dataset, views: list[datasets.View], size: tuple[int, int]) -> dict | None:
    """images (S, 3, H, W) uint8, depth (S, H, W) or None, world_from_camera (S, 4, 4), focal (S, 2); None when a file is bad, which is told and counted."""
    from PIL import Image

    height, width = size
    images, depths, focal = [], [], []
    for view in views:
        picture = datasets.read_optional(found, view.image, lambda path: np.asarray(Image.open(path).convert("RGB")))
        if picture is None:
            return None
        rows, columns = picture.shape[:2]
        images.append(captures.resize_area(picture, height, width, (0, 0, columns, rows)).transpose(2, 0, 1))
        focal.append((view.K[0, 0] / columns, view.K[1, 1] / rows))
        if view.depth is not None:
            full = datasets.read_optional(found, view.depth, datasets.read_pfm)
            if full is None:
                return None
            # nearest, never interpolated: a mean of foreground and background lies on neither
            row, column = ((np.arange(n) + 0.5) * m / n for n, m in zip(size, full.shape))
            sampled = full[row.astype(int)[:, None], column.astype(int)]
            depths.append(np.where(np.isfinite(sampled), sampled, 0))
    return {"images": np.stack(images), "depth": np.stack(depths) if depths else None, "focal": np.array(focal),
            "world_from_camera": np.stack([v.world_from_camera for v in views])}


def score(predict, found: datasets.Dataset, *, size: tuple[int, int], views: int, most: int) -> dict:
    """One row: numbers over at most `most` windows of `views` views."""
    absrel, rotations, directions, used = [], [], [], 0
    for _, window in found.windows(views, most):
        loaded = load_window(found, window, size)
        if loaded is None:
            continue
        answer = predict(loaded["images"][None].astype(np.float32) / 255, np.zeros((1, views, 2), np.float32))
        pose = np.tile(np.eye(4), (1, views, 1, 1))
        pose[..., :3, :3] = metrics.matrix_from_quaternion(answer["quat"])
        pose[..., :3, 3] = answer["trans"]
        rotation, direction = metrics.pair_errors(pose, loaded["world_from_camera"][None])
        rotations.append(rotation.ravel())
        directions.append(direction.ravel())
        if loaded["depth"] is not None:
            absrel.append(metrics.depth_errors(answer["depth"], loaded["depth"][None])[0])
        used += 1
    if not used:
        raise ValueError(f"{found.name}: not one window of {views} views could be read")
    rotation = np.concatenate(rotations)
    worse = np.fmax(rotation, np.concatenate(directions))  # a pair without a baseline counts by its rotation alone
    return {"windows": used, "absrel": evaluate.mean(absrel), "rotation": float(rotation.mean()), "auc3": metrics.auc(worse, 3), "auc30": metrics.auc(worse, 30)}


def predictor(model: str, longest: int | None, size_hint: tuple[int, int]):
    """(predict, (height, width)) of a MODEL argument; `size_hint`: (width, height) of the data set's pictures."""
    name, _, file = model.rpartition("=")
    if name:
        from .backbones import checkpoints, photos, serve

        known = checkpoints.CATALOGUE[name]
        loaded = checkpoints.load(Path(file), name)
        return evaluate.torch_predictor(serve.InSubmap(loaded)), photos.size_for(*size_hint, longest=longest or known.longest, patch=loaded.patch)
    predict, buckets = evaluate.any_predictor(Path(file))
    return predict, captures.nearest_bucket(*size_hint, buckets)


def add_arguments(parser):
    from .backbones import checkpoints

    parser.add_argument("dataset", choices=tuple(datasets.LOADERS))
    parser.add_argument("root", type=Path, help="folder of the data set as published")
    parser.add_argument("models", nargs="+", metavar="MODEL", help=f"student.onnx, folder of weights, or NAME=FILE with a NAME of: {checkpoints.licences()}")
    parser.add_argument("--views", type=int, nargs="+", default=[2], help="window sizes; 2 is the paper's protocol")
    parser.add_argument("--windows", type=int, help="windows of each size (default: the paper's 32 or 14)")
    parser.add_argument("--longest", type=int, help="of NAME=FILE: longest side of a picture in pixels")
    parser.add_argument("--json", type=Path, help="also write all rows there")


def main(args):
    from PIL import Image

    found, began, rows = datasets.LOADERS[args.dataset](args.root), time.perf_counter(), {}
    first = Image.open(found.scenes[0].views[0].image).size
    for model in args.models:
        predict, size = predictor(model, args.longest, first)
        for views in args.views:
            rows[f"{model}, S={views}"] = score(predict, found, size=size, views=views, most=args.windows or SAMPLES[args.dataset]) | {"size": list(size)}
    print("| model | windows | AbsRel | rotation ° (mean) | AUC@3 | AUC@30 |\n|---|---|---|---|---|---|")
    for label, row in rows.items():
        depth = "-" if np.isnan(row["absrel"]) else f"{row['absrel']:.4f}"
        print(f"| {label} | {row['windows']} | {depth} | {row['rotation']:.2f} | {row['auc3']:.3f} | {row['auc30']:.3f} |")
    print(f"\n{found.name}: {len(found.scenes)} scenes, {len(found.skipped)} files skipped, {time.perf_counter() - began:.0f} s")
    if args.json:
        args.json.write_text(json.dumps(rows, indent=1))
