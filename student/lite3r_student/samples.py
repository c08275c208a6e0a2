"""The capture that ships with the repository: a furnished room seen by a rigid pair of cameras on a smooth path.

Layout as every capture: `cameras.json`, `images/<camera>/NNNNNN.jpg`, `depth/<camera>/NNNNNN.png` (16 bit, value x depth_scale = z in
metres, 0 = none; smaller than the image, hence depth_K and depth_size).
"""

import json
import math
from pathlib import Path
from random import Random

import numpy as np
import torch
from PIL import Image

from . import cameras, rooms, sensor
from .render import render_cpu

WIDTH, HEIGHT, FOCAL, DEPTH_DIVISOR, BASELINE, FPS = 640, 480, 515.0, 4, 0.20, 10.0


def path(instants: int, low, high, target, swing: float, radius: float, start: float):
    """An arc around the target while the aim wanders: [(R, c)] of the rig's middle."""
    out = []
    for i in range(instants):
        t = i / (instants - 1)
        a = start + swing * t
        eye = np.array([target[0] + radius * math.cos(a), target[1] + radius * math.sin(a), target[2] + 0.55 + 0.15 * math.sin(2.5 * t)])
        eye = np.clip(eye, low, high)
        aim = np.array(target) + np.array([0.25 * math.sin(3 * t), 0.25 * math.cos(2 * t), 0.05 * math.sin(4 * t)])
        out.append((cameras.look(eye, aim, 0.015 * math.sin(5 * t)), eye))
    return out


def write(out: Path, tables: dict, views: list, names: list, top: dict, size: tuple[int, int], focal: float, fps: float, seed: int, quality: int = 84, supersample: int = 2) -> None:
    """Renders one picture and its depth for each view (R, c) and name (camera, index), and writes them with cameras.json, whose head is `top`."""
    (width, height), ss = size, supersample
    batch = {k: v[None] for k, v in tables.items()}
    k_big = [focal * ss, focal * ss, width * ss / 2, height * ss / 2, 0.0]
    dw, dh = width // DEPTH_DIVISOR, height // DEPTH_DIVISOR
    fd = focal / DEPTH_DIVISOR
    k_small = [fd, fd, dw / 2, dh / 2, 0.0]
    settings = sensor.settings(1, len(views), torch.Generator().manual_seed(seed), strength=0.0)
    settings[..., 3], settings[..., 15] = 0.15, 0.1
    pictures = []
    for v in views:
        rgb, _ = render_cpu({**batch, "cams": np.array([[cameras.camera_row(v, k_big)]], np.float32)}, height * ss, width * ss, threads=2, taps=8)
        pictures.append(rgb.reshape(height, ss, width, ss, 3).clip(0, 8).mean((1, 3)))
    images = sensor.develop(torch.from_numpy(np.stack(pictures)[None]), settings, noise_seed=seed)[0]
    frames = []
    for i, (v, (camera, k)) in enumerate(zip(views, names)):
        _, depth = render_cpu({**batch, "cams": np.array([[cameras.camera_row(v, k_small)]], np.float32)}, dh, dw, colour=False)
        stem = f"{camera}/{k:06d}"
        for folder in ("images", "depth"):
            (out / folder / camera).mkdir(parents=True, exist_ok=True)
        picture = (images[i].permute(1, 2, 0).numpy() * 255 + 0.5).astype(np.uint8)
        Image.fromarray(picture).save(out / f"images/{stem}.jpg", quality=quality, subsampling=2, optimize=True)
        Image.fromarray(np.round(depth[0, 0] * 1000).clip(0, 65535).astype(np.uint16)).save(out / f"depth/{stem}.png", optimize=True)
        pose = np.eye(4)
        pose[:3, :3], pose[:3, 3] = v
        frames.append({
            "file": f"images/{stem}.jpg", "camera": camera, "frame_index": k, "timestamp": round(k / fps, 3), "width": width, "height": height,
            "K": [[focal, 0.0, width / 2], [0.0, focal, height / 2], [0.0, 0.0, 1.0]], "distortion": None, "T_world_camera": np.round(pose, 9).tolist(),
            "depth_file": f"depth/{stem}.png", "depth_K": [[fd, 0.0, dw / 2], [0.0, fd, dh / 2], [0.0, 0.0, 1.0]], "depth_size": [dw, dh],
        })
    (out / "cameras.json").write_text(json.dumps({**top, "frames": frames}, indent=1) + "\n")


def head(name: str, timestamps: str, rig: dict | None, command: str) -> dict:
    """What stands before the frames."""
    top = {
        "name": name, "axes": "OpenCV camera: x right, y down, z forward", "pose": "T_world_camera, 4x4, maps camera coordinates to world coordinates", "pixel_origin": "corner",
        "units": "metre", "depth_scale": 0.001, "depth_invalid": [0], "timestamps": timestamps,
    }
    return {**top, **({"rig": rig} if rig else {}), "licence": f"Apache-2.0; rendered by lite3r_student {command}"}


def capture(out: Path, seed: int = 1, instants: int = 18, swing: float = 1.25, radius: float = 1.9, start: float = -2.0, quality: int = 84, name: str = "two-camera-room", supersample: int = 2) -> None:
    """Renders and writes one capture; deterministic for a given seed and machine arithmetic."""
    g = Random(f"sample-{seed}")
    scene, stage = rooms.room(g)
    views, names = [], []
    for k, (r, c) in enumerate(path(instants, stage.low, stage.high, (0.0, 0.0, 0.75), swing, radius, start)):
        for camera, side in (("left", -0.5), ("right", 0.5)):
            views.append((r, c + r[:, 0] * BASELINE * side))
            names.append((camera, k))
    offset = np.eye(4)
    offset[0, 3] = BASELINE
    top = head(name, f"{FPS:g} Hz, both cameras at the same instants", {"left": np.eye(4).tolist(), "right": offset.tolist()}, "sample-capture")
    write(out, scene.tables(), views, names, top, (WIDTH, HEIGHT), FOCAL, FPS, seed, quality, supersample)


def add_arguments(parser) -> None:
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--instants", type=int, default=18)
    parser.add_argument("--swing", type=float, default=1.25, help="radians the rig travels around the room's middle")
    parser.add_argument("--radius", type=float, default=1.9)
    parser.add_argument("--start", type=float, default=-2.0)
    parser.add_argument("--supersample", type=int, default=2)


def main(args) -> None:
    torch.set_num_threads(1)
    capture(args.out, args.seed, args.instants, args.swing, args.radius, args.start, supersample=args.supersample)
    total = sum(f.stat().st_size for f in args.out.rglob("*") if f.is_file())
    print(f"{args.out}: {2 * args.instants} images, {total / 1e6:.2f} MB")
