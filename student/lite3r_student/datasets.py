"""Two public multi-view data sets as they are published: BlendedMVS (low resolution) and DTU with 64 views a scan. Nothing here downloads them.

    BlendedMVS   <scene>/blended_images/%08d.jpg   <scene>/cams/%08d_cam.txt   <scene>/cams/pair.txt   <scene>/rendered_depth_maps/%08d.pfm
    DTU64        scan*/image/%06d.png   Cameras/%08d_cam.txt (shared by all scans)

A camera file holds the word `extrinsic` and a 4 x 4 cameraFromWorld, the word `intrinsic` and a 3 x 3 matrix in pixels, and a line of depth bounds.
Every view is checked when it is listed (its files exist and its camera makes sense) and when it is read; one that fails is told on stderr with its
reason, left out, and counted in `skipped`. A scene without two views is left out, too. A data set without any scene is an error.
"""

import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class View:
    """One picture of a scene. `neighbours`: numbers of the views that see the same things, best first; None when nobody says."""

    number: int
    image: Path
    world_from_camera: np.ndarray  # (4, 4), OpenCV axes
    K: np.ndarray  # (3, 3), pixels of the published picture
    depth: Path | None = None
    neighbours: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Scene:
    name: str
    views: tuple[View, ...]

    def windows(self, size: int) -> list[list[View]]:
        """For every view, it and its size - 1 best neighbours; without neighbours, it and the views after it. Only whole windows."""
        by_number, made = {v.number: v for v in self.views}, []
        for i, view in enumerate(self.views):
            others = list(self.views[i + 1 :]) if view.neighbours is None else [by_number[n] for n in view.neighbours if n in by_number]
            if len(others) >= size - 1:
                made.append([view, *others[: size - 1]])
        return made


@dataclass
class Dataset:
    name: str
    scenes: list[Scene] = field(default_factory=list)
    skipped: list[tuple[Path, str]] = field(default_factory=list)

    def skip(self, path: Path, reason):
        self.skipped.append((path, str(reason)))
        print(f"{path}: skipped, {reason}", file=sys.stderr)

    def add(self, name: str, views: list[View], folder: Path):
        if len(views) < 2:
            self.skip(folder, f"{len(views)} usable views make no scene")
        else:
            self.scenes.append(Scene(name, tuple(views)))

    def windows(self, size: int, most: int) -> list[tuple[Scene, list[View]]]:
        """At most `most` windows, evenly spread over all that the data set has, in order."""
        every = [(scene, window) for scene in self.scenes for window in scene.windows(size)]
        if not every:
            raise ValueError(f"{self.name}: no scene has windows of {size} views")
        return [every[i] for i in np.unique(np.linspace(0, len(every) - 1, min(most, len(every))).round().astype(int))]


def blendedmvs(root: Path) -> Dataset:
    root, found = Path(root), Dataset("BlendedMVS")
    for folder in sorted(f.parent for f in root.glob("*/cams")):
        pairs = read_optional(found, folder / "cams" / "pair.txt", read_pairs)
        views = []
        for image in sorted((folder / "blended_images").glob("[0-9]*[0-9].jpg")):  # those ending in _masked are not pictures of the scene
            number = int(image.stem)
            depth = folder / "rendered_depth_maps" / f"{number:08d}.pfm"
            camera = read_optional(found, folder / "cams" / f"{number:08d}_cam.txt", read_camera)
            if camera is None:
                continue
            if not depth.is_file():
                found.skip(depth, "does not exist")
                continue
            views.append(View(number, image, *camera, depth, None if pairs is None else pairs.get(number, ())))
        found.add(folder.name, views, folder)
    return checked(found, root)


def dtu64(root: Path) -> Dataset:
    root, found = Path(root), Dataset("DTU64")
    for folder in sorted(f.parent for f in root.glob("scan*/image")):
        views = []
        for image in sorted((folder / "image").glob("*.png")):
            if not image.stem.isdigit():
                found.skip(image, "its name is no number")
                continue
            camera = read_optional(found, root / "Cameras" / f"{int(image.stem):08d}_cam.txt", read_camera)
            if camera is not None:
                views.append(View(int(image.stem), image, *camera))
        found.add(folder.name, views, folder)
    return checked(found, root)


LOADERS = {"blendedmvs": blendedmvs, "dtu64": dtu64}


def checked(found: Dataset, root: Path) -> Dataset:
    if not found.scenes:
        raise ValueError(f"{root} holds no scene of {found.name} ({len(found.skipped)} files skipped)")
    return found


def read_optional(found: Dataset, path: Path, read):
    """What `read` makes of the file, or None and a line in `skipped`."""
    try:
        return read(path)
    except (OSError, ValueError) as error:
        found.skip(path, error.strerror or error if isinstance(error, OSError) else error)
        return None


def read_camera(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """-> world_from_camera (4, 4), K (3, 3)."""
    words = path.read_text().split()
    if "extrinsic" not in words or "intrinsic" not in words:
        raise ValueError("has no extrinsic and intrinsic")
    matrices = []
    for word, size in (("extrinsic", 4), ("intrinsic", 3)):
        at = words.index(word) + 1
        numbers = words[at : at + size * size]
        if len(numbers) < size * size:
            raise ValueError(f"ends within its {word}")
        matrices.append(np.array([float(n) for n in numbers]).reshape(size, size))  # a word that is no number raises ValueError
    camera_from_world, K = matrices
    rotation = camera_from_world[:3, :3]
    if not np.isfinite(camera_from_world).all() or not np.allclose(rotation @ rotation.T, np.eye(3), atol=1e-3) or np.linalg.det(rotation) < 0:
        raise ValueError("its extrinsic is no rigid motion")
    if not (np.isfinite(K).all() and K[0, 0] > 0 and K[1, 1] > 0):
        raise ValueError("its intrinsic has no positive focal lengths")
    return np.linalg.inv(camera_from_world), K


def read_pairs(path: Path) -> dict[int, tuple[int, ...]]:
    """View -> its neighbours, best first: the number of views; then for each its number, and a line `count, neighbour, score, neighbour, score ...`."""
    words = iter(path.read_text().split())
    try:
        pairs = {}
        for _ in range(int(next(words))):
            number, count = int(next(words)), int(next(words))
            pairs[number] = tuple(int(next(words)) if i % 2 == 0 else float(next(words)) for i in range(2 * count))[::2]
        return pairs
    except (StopIteration, RuntimeError):
        raise ValueError("ends too early") from None


def read_pfm(path: Path) -> np.ndarray:
    """(H, W) float32, top row first. The file has the bottom row first, little endian when its scale is negative."""
    with open(path, "rb") as file:
        if file.readline().strip() != b"Pf":
            raise ValueError("is no grey PFM")
        try:
            width, height = map(int, file.readline().split())
            scale = float(file.readline())
        except ValueError:
            raise ValueError("its header is damaged") from None
        values = np.frombuffer(file.read(), "<f4" if scale < 0 else ">f4")
    if values.size != width * height:
        raise ValueError(f"holds {values.size} values, its header says {width} x {height}")
    return values.reshape(height, width)[::-1].astype(np.float32)
