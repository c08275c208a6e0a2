"""Captures: folders with images and ``cameras.json``, brought to the size a model takes.

Conventions, once. Image coordinates are continuous with (0, 0) at the image's corner, so the centre of the first pixel
is (0.5, 0.5); a file may say that its K has (0, 0) at that pixel's centre (``pixel_origin``), and is converted here.
Images are *stretched* to the bucket of nearest aspect ratio, by area averaging as in the service: focal lengths are therefore kept per
axis as shares of width and height, which stretching does not change. ``T_world_camera`` is world_from_camera with OpenCV axes.

The service that uses the model does not undistort images, so by default nor does this file; ``undistort=True`` does,
after which K holds exactly.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

# (height, width), all multiples of 16: 4:3 and 16:9 in both orientations, car-camera panorama, square
BUCKETS = ((192, 256), (256, 192), (160, 288), (288, 160), (112, 368), (192, 192))


@dataclass(frozen=True)
class Capture:
    """F frames at one size. ``depth`` is z-depth with 0 = unknown, or None; ``truth`` says how good the poses are."""

    name: str
    images: np.ndarray  # (F, 3, H, W) uint8, RGB
    world_from_camera: np.ndarray  # (F, 4, 4)
    focal: np.ndarray  # (F, 2): fx / width, fy / height
    depth: np.ndarray | None  # (F, H, W) float32
    cameras: tuple  # (F,) names, for rigs
    truth: str = "reference"  # or "gps": positions good to metres only

    def __post_init__(self):
        frames = len(self.images)
        for field, shape in (("world_from_camera", (frames, 4, 4)), ("focal", (frames, 2))):
            if getattr(self, field).shape != shape:
                raise ValueError(f"{self.name}: {field} is {getattr(self, field).shape}, expected {shape}")
        if self.depth is not None and self.depth.shape != (frames, *self.images.shape[2:]):
            raise ValueError(f"{self.name}: depth {self.depth.shape} does not fit images {self.images.shape}")


def nearest_bucket(width, height, buckets=BUCKETS):
    """The (H, W) whose aspect ratio is nearest, in log terms, so that 2:1 and 1:2 are equally far from 1:1."""
    return min(buckets, key=lambda hw: abs(np.log((hw[1] / hw[0]) / (width / height))))


def corner_intrinsics(K, pixel_origin):
    """K with (0, 0) at the image corner. ``pixel_origin`` is the sentence or word that cameras.json holds."""
    K = np.array(K, dtype=np.float64)
    if "cent" in pixel_origin:  # centre of the top left pixel is (0, 0)
        K[:2, 2] += 0.5
    elif "corner" not in pixel_origin:
        raise ValueError(f"pixel_origin is neither a pixel centre nor a corner: {pixel_origin!r}")
    return K


def area_weights(begin, end, count, size):
    """(count, size): row i averages source pixels over the i-th of `count` equal parts of [begin, end), fractions included."""
    edges = begin + (end - begin) * np.arange(count + 1) / count
    pixel = np.arange(size)
    overlap = np.minimum(edges[1:, None], pixel + 1) - np.maximum(edges[:-1, None], pixel)
    return np.maximum(overlap, 0) / (edges[1:] - edges[:-1])[:, None]


def resize_area(image, height, width, box):
    """(h, w, 3) uint8 -> (height, width, 3) uint8 from the box (left, top, right, bottom)."""
    rows = area_weights(box[1], box[3], height, image.shape[0]).astype(np.float32)
    columns = area_weights(box[0], box[2], width, image.shape[1]).astype(np.float32)
    mean = np.einsum("ywc,xw->yxc", np.tensordot(rows, image.astype(np.float32), 1), columns, optimize=True)
    return np.uint8(np.clip(mean + 0.5, 0, 255))


def undistortion_map(K, coefficients, height, width):
    """Where each pixel of the ideal pinhole image is found in the distorted one: (H, W, 2), corner coordinates.

    OpenCV's model, x_d = x (1 + k1 r^2 + k2 r^4 + k3 r^6) + 2 p1 x y + p2 (r^2 + 2 x^2), and the same for y with
    p1 and p2 exchanged.
    """
    k1, k2, p1, p2, k3 = (*coefficients, 0.0)[:5]
    u, v = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    x, y = (u - K[0, 2]) / K[0, 0], (v - K[1, 2]) / K[1, 1]
    r2 = x * x + y * y
    radial = 1 + r2 * (k1 + r2 * (k2 + r2 * k3))
    xd = x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x)
    yd = y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y
    return np.stack([xd * K[0, 0] + K[0, 2], yd * K[1, 1] + K[1, 2]], -1)


def sample_bilinear(image, coordinates):
    """image (H, W, C) at corner coordinates (..., 2), edges repeated."""
    height, width = image.shape[:2]
    x = np.clip(coordinates[..., 0] - 0.5, 0, width - 1)
    y = np.clip(coordinates[..., 1] - 0.5, 0, height - 1)
    x0, y0 = np.minimum(x.astype(int), width - 2), np.minimum(y.astype(int), height - 2)
    fx, fy = (x - x0)[..., None], (y - y0)[..., None]
    top = image[y0, x0] * (1 - fx) + image[y0, x0 + 1] * fx
    return top * (1 - fy) + (image[y0 + 1, x0] * (1 - fx) + image[y0 + 1, x0 + 1] * fx) * fy


def centre_crop(width, height, aspect):
    """The largest centred box (left, top, right, bottom) of that width / height."""
    if width > height * aspect:
        cut = (width - round(height * aspect)) // 2
        return cut, 0, cut + round(height * aspect), height
    cut = (height - round(width / aspect)) // 2
    return 0, cut, width, cut + round(width / aspect)


def load_capture(folder, *, buckets=BUCKETS, fit="stretch", undistort=False):
    """Read a folder in the ``cameras.json`` layout. All frames must fall into one bucket.

    ``fit="crop"`` cuts the centre out at the bucket's aspect ratio instead of stretching: kinder to a model with a single input
    size (a portrait photograph squeezed into a landscape), and nothing is lost for one that has the right bucket.
    """
    from PIL import Image

    if fit not in ("stretch", "crop"):
        raise ValueError(f"fit must be stretch or crop, not {fit!r}")
    folder = Path(folder)
    header = json.loads((folder / "cameras.json").read_text())
    frames = header["frames"]
    for key in ("width", "height", "K", "T_world_camera"):
        if any(frame.get(key) is None for frame in frames):
            raise ValueError(f"{folder.name}: not every frame has {key}, so there is no truth to measure with")
    sizes = {nearest_bucket(f["width"], f["height"], buckets) for f in frames}
    if len(sizes) != 1:
        raise ValueError(f"{folder.name}: frames fall into several buckets {sorted(sizes)}")
    height, width = sizes.pop()

    images, poses, focal, depths = [], [], [], []
    for frame in frames:
        picture = Image.open(folder / frame["file"]).convert("RGB")
        if picture.size != (frame["width"], frame["height"]):
            raise ValueError(f"{frame['file']}: {picture.size} pixels, cameras.json says otherwise")
        K = corner_intrinsics(frame["K"], header["pixel_origin"])
        if undistort and frame.get("distortion"):
            where = undistortion_map(K, frame["distortion"]["coeffs"], picture.height, picture.width)
            picture = Image.fromarray(np.uint8(sample_bilinear(np.asarray(picture, np.float32), where) + 0.5))
        box = (0, 0, *picture.size) if fit == "stretch" else centre_crop(*picture.size, width / height)
        left, top, right, bottom = box
        images.append(resize_area(np.asarray(picture), height, width, box))
        poses.append(frame["T_world_camera"])
        focal.append((K[0, 0] / (right - left), K[1, 1] / (bottom - top)))
        if frame.get("depth_file"):
            full = np.asarray(Image.open(folder / frame["depth_file"]), np.float32) * header["depth_scale"]
            # nearest, never interpolated: a mean of foreground and background lies on neither
            if full.shape[::-1] != tuple(frame.get("depth_size", picture.size)):
                raise ValueError(f"{frame['depth_file']}: {full.shape[::-1]} pixels, cameras.json says otherwise")
            row = (top + (np.arange(height) + 0.5) * (bottom - top) / height) * full.shape[0] / frame["height"]
            column = (left + (np.arange(width) + 0.5) * (right - left) / width) * full.shape[1] / frame["width"]
            depths.append(full[row.astype(int)[:, None], column.astype(int)])
    if depths and len(depths) != len(frames):
        raise ValueError(f"{folder.name}: {len(depths)} of {len(frames)} frames have depth")
    return Capture(
        name=header.get("name", folder.name),
        images=np.stack(images).transpose(0, 3, 1, 2),  # F H W 3 -> F 3 H W
        world_from_camera=np.array(poses, np.float64),
        focal=np.array(focal, np.float64),
        depth=np.stack(depths) if depths else None,
        cameras=tuple(f.get("camera", "cam0") for f in frames),
        truth="gps" if any(f.get("gps") for f in frames) else "reference",
    )


def window_indices(frames, *, size, gap=1, stride=1):
    """Frame numbers (N, S): view k of window n is frame n x stride + k x gap; only whole windows."""
    starts = np.arange(0, frames - (size - 1) * gap, stride)
    return starts[:, None] + np.arange(size) * gap


def usual_gap(capture):
    """Frames between the views of a window, so that a window of 4 spans about a seventh of a long capture and baselines are worth
    having. 1 for a rig of four and more cameras, where frames that follow one another are different cameras at one instant."""
    return 1 if len(set(capture.cameras)) >= 4 else max(1, len(capture.images) // 20)


def pack(captures, path):
    """All captures in one .npz at model size, to carry where the originals cannot go (a GPU machine)."""
    arrays = {}
    for c in captures:
        arrays |= {f"{c.name}/images": c.images, f"{c.name}/world_from_camera": c.world_from_camera,
                   f"{c.name}/focal": c.focal, f"{c.name}/cameras": np.array(c.cameras), f"{c.name}/truth": np.array(c.truth)}
        if c.depth is not None:
            arrays[f"{c.name}/depth"] = c.depth.astype(np.float16)
    np.savez_compressed(path, **arrays)


def unpack(path):
    """What ``pack`` wrote, as a list of captures. Depth comes back rounded to 3 digits (float16)."""
    with np.load(path) as stored:
        names = sorted({key.split("/")[0] for key in stored.files})
        return [Capture(
            name=name, images=stored[f"{name}/images"], world_from_camera=stored[f"{name}/world_from_camera"],
            focal=stored[f"{name}/focal"], cameras=tuple(stored[f"{name}/cameras"].tolist()), truth=str(stored[f"{name}/truth"]),
            depth=stored[f"{name}/depth"].astype(np.float32) if f"{name}/depth" in stored.files else None,
        ) for name in names]
