"""How far the fused scene is from the truth: Chamfer distance of what `./lite3r run` wrote to the depth of the capture it ran on.

The scene is brought into the capture's frame by the similarity that fits its camera centres best to the true ones (Umeyama), so model unit and gauge do not
count, but drift does. Both surfaces are sampled: vertices of `scene.ply`, and true depth unprojected with the true cameras.

    accuracy       mean distance from the scene's samples to the nearest true one
    completeness   mean distance from the true samples to the nearest of the scene
    chamfer        their mean

Distances are in the capture's unit, and as a share of the radius of the true samples (RMS distance from their mean), to compare scenes.
"""

import json
from pathlib import Path

import numpy as np

from . import metrics
from .captures import corner_intrinsics


def read_vertices(path: Path) -> np.ndarray:
    """(N, 3) of a binary little-endian PLY whose vertices come first and hold numbers only."""
    kinds = {"float": "<f4", "double": "<f8", "uchar": "u1", "char": "i1", "short": "<i2", "ushort": "<u2", "int": "<i4", "uint": "<u4"}
    with open(path, "rb") as file:
        if file.readline().strip() != b"ply" or b"binary_little_endian" not in file.readline():
            raise ValueError(f"{path} is no binary little-endian PLY")
        count, fields, element = 0, [], ""
        for line in iter(file.readline, b"end_header\n"):
            words = line.decode("ascii").split()
            if not words:
                raise ValueError(f"{path}: its header does not end")
            if words[0] == "element":
                element, count = words[1], int(words[2]) if words[1] == "vertex" else count
            elif words[0] == "property" and element == "vertex":
                fields.append((words[2], kinds[words[1]]))
        vertices = np.frombuffer(file.read(count * np.dtype(fields).itemsize), fields)
    return np.stack([vertices[axis] for axis in "xyz"], -1).astype(np.float64)


def true_points(capture: Path, header: dict, samples: int, seed: int = 0) -> np.ndarray:
    """At most `samples` points (N, 3) of the capture's own depth in its world."""
    from PIL import Image

    frames = [f for f in header["frames"] if f.get("depth_file")]
    if not frames:
        raise ValueError(f"{capture} has no depth to compare with")
    generator, points = np.random.default_rng(seed), []
    for frame in frames:
        depth = np.asarray(Image.open(capture / frame["depth_file"]), np.float64) * header["depth_scale"]
        K, (rows, columns) = corner_intrinsics(frame["K"], header["pixel_origin"]), depth.shape
        y, x = np.nonzero(depth > 0)
        chosen = generator.permutation(len(y))[: -(-samples // len(frames))]
        y, x = y[chosen], x[chosen]
        u, v = (x + 0.5) * frame["width"] / columns, (y + 0.5) * frame["height"] / rows
        z = depth[y, x]
        seen = np.stack([(u - K[0, 2]) / K[0, 0] * z, (v - K[1, 2]) / K[1, 1] * z, z], -1)
        pose = np.array(frame["T_world_camera"])
        points.append(seen @ pose[:3, :3].T + pose[:3, 3])
    return np.concatenate(points)


def to_truth(result: dict, truth: dict) -> tuple[float, np.ndarray, np.ndarray]:
    """Scale, rotation, translation from the result's frame to the capture's, from the cameras that both have."""
    centres = [{f["file"]: np.array(f["T_world_camera"])[:3, 3] for f in header["frames"] if f.get("T_world_camera")} for header in (result, truth)]
    common = [name for name in centres[0] if name in centres[1]]
    if len(common) < 3:
        raise ValueError(f"{len(common)} frames with a pose are in both; a similarity takes three")
    pairs = [np.array([[c[name] for name in common]]) for c in centres]
    spread = np.linalg.svd(pairs[1][0] - pairs[1][0].mean(0), compute_uv=False)
    if spread[1] < 1e-3 * spread[0]:
        raise ValueError("the cameras stand on one line, about which the scene could turn freely")
    scale, rotation, translation = metrics.umeyama(*pairs)
    return scale[0], rotation[0], translation[0]


def nearest(points: np.ndarray, among: np.ndarray, piece: int = 1024) -> np.ndarray:
    """(N,) distance of each point to the nearest of `among`."""
    import torch

    others = torch.from_numpy(among)
    return torch.cat([torch.cdist(part, others).min(1).values for part in torch.from_numpy(points).split(piece)]).numpy()


def measure(result: Path, capture: Path, samples: int = 20000) -> dict:
    headers = [json.loads((folder / "cameras.json").read_text()) for folder in (result, capture)]
    scale, rotation, translation = to_truth(*headers)
    vertices = read_vertices(result / "scene.ply")
    if not len(vertices):
        raise ValueError(f"{result}/scene.ply is empty")
    vertices = vertices[np.unique(np.linspace(0, len(vertices) - 1, min(samples, len(vertices))).round().astype(int))]
    scene, truth = scale * vertices @ rotation.T + translation, true_points(capture, headers[1], samples)
    accuracy, completeness = nearest(scene, truth).mean(), nearest(truth, scene).mean()
    radius = float(np.sqrt(((truth - truth.mean(0)) ** 2).sum(1).mean()))
    row = {"accuracy": accuracy, "completeness": completeness, "chamfer": (accuracy + completeness) / 2}
    return {name: float(value) for name, value in row.items()} | {"chamfer_over_radius": float(row["chamfer"]) / radius, "unit": headers[1].get("units", "scene")}


def add_arguments(parser):
    parser.add_argument("result", type=Path, help="folder that `./lite3r run` wrote")
    parser.add_argument("capture", type=Path, help="the capture it ran on, with poses and depth")
    parser.add_argument("--samples", type=int, default=20000, help="points of each surface")


def main(args):
    print(json.dumps(measure(args.result, args.capture, args.samples)))
