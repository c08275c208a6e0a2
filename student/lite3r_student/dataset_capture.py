"""A scene of BlendedMVS or DTU64 as a capture, so that the whole product can run on it and be measured.

    lite3r_student dataset-capture blendedmvs ROOT SCENE CAPTURE
    ./lite3r run CAPTURE --scene NAME --model MODEL --out RESULT
    lite3r_student chamfer RESULT CAPTURE

Pictures are copied as they are; depth becomes 16-bit PNG, one scale for the scene (its error is at most a 131,000th of the farthest depth).
"""

import json
import shutil
from pathlib import Path

import numpy as np

from . import datasets


def write(found: datasets.Dataset, scene: datasets.Scene, out: Path):
    """A folder in the `cameras.json` layout. A view that cannot be read is told, counted and left out."""
    from PIL import Image

    out, kept = Path(out), []
    for view in scene.views:
        depth = None if view.depth is None else datasets.read_optional(found, view.depth, datasets.read_pfm)
        size = datasets.read_optional(found, view.image, lambda path: Image.open(path).size)
        if size is not None and (view.depth is None or depth is not None):
            kept.append((view, size, None if depth is None else np.where(np.isfinite(depth) & (depth > 0), depth, 0)))
    if len(kept) < 2:
        raise ValueError(f"{scene.name}: {len(kept)} readable views make no capture")
    step = max((float(depth.max()) for *_, depth in kept if depth is not None), default=1.0) / 65535 or 1.0
    (out / "images").mkdir(parents=True)
    frames = []
    for view, (width, height), depth in kept:
        name = view.image.name
        shutil.copyfile(view.image, out / "images" / name)
        frame = {"file": f"images/{name}", "camera": "cam0", "timestamp": float(view.number), "width": width, "height": height, "K": view.K.tolist(),
                 "distortion": None, "T_world_camera": view.world_from_camera.tolist()}
        if depth is not None:
            (out / "depth").mkdir(exist_ok=True)
            Image.fromarray(np.round(depth / step).astype(np.uint16)).save(out / "depth" / f"{view.image.stem}.png")
            frame |= {"depth_file": f"depth/{view.image.stem}.png", "depth_size": [depth.shape[1], depth.shape[0]]}
        frames.append(frame)
    header = {"name": scene.name, "units": "scene", "depth_scale": step, "pixel_origin": "corner", "axes": "OpenCV camera: x right, y down, z forward"}
    (out / "cameras.json").write_text(json.dumps(header | {"frames": frames}, indent=1))


def add_arguments(parser):
    parser.add_argument("dataset", choices=tuple(datasets.LOADERS))
    parser.add_argument("root", type=Path, help="folder of the data set as published")
    parser.add_argument("scene", help="name of one of its scenes")
    parser.add_argument("out", type=Path, help="folder for the capture; must not exist")


def main(args):
    found = datasets.LOADERS[args.dataset](args.root)
    scenes = {scene.name: scene for scene in found.scenes}
    if args.scene not in scenes:
        raise SystemExit(f"{args.root} has no scene {args.scene!r}; it has {', '.join(scenes)}")
    write(found, scenes[args.scene], args.out)
    print(f"{args.out}: {len(scenes[args.scene].views)} views, {len(found.skipped)} files skipped")
