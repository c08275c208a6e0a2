"""Any folder of pictures as windows for calibration: in file order, at one size, brought there as the service does (stretched, by area averaging).

The size follows the rule of the networks' authors: longest side `longest`, then each side to the nearest multiple of the patch; of several aspect
ratios the most frequent wins. A file that is no picture is named, skipped and counted.
"""

import sys
from collections import Counter
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..captures import resize_area

SUFFIXES = (".jpg", ".jpeg", ".png")


def size_for(width: int, height: int, *, longest: int, patch: int) -> tuple[int, int]:
    """(height, width) for the network."""
    scale = longest / max(width, height)
    return tuple(max(1, int(side * scale / patch + 0.5)) * patch for side in (height, width))


def load(folder: Path, *, longest: int, patch: int, size: tuple[int, int] | None = None, most: int = 64) -> Tensor:
    """Pictures (F, 3, H, W) in [0, 1]: at most `most`, evenly spread over the folder."""
    from PIL import Image

    files = sorted(f for f in Path(folder).rglob("*") if f.suffix.lower() in SUFFIXES)
    if not files:
        raise ValueError(f"{folder} holds no picture ({', '.join(SUFFIXES)})")
    files = [files[i] for i in np.unique(np.linspace(0, len(files) - 1, min(most, len(files))).round().astype(int))]
    opened, bad = [], 0
    for file in files:
        try:
            opened.append(np.asarray(Image.open(file).convert("RGB")))
        except OSError as error:
            bad += 1
            print(f"{file}: skipped, {error}", file=sys.stderr)
    if bad:
        print(f"{folder}: {bad} of {len(files)} pictures skipped", file=sys.stderr)
    if not opened:
        raise ValueError(f"{folder}: none of its {len(files)} pictures can be read")
    if size is None:
        size = Counter(size_for(p.shape[1], p.shape[0], longest=longest, patch=patch) for p in opened).most_common(1)[0][0]
    resized = [resize_area(p, *size, (0, 0, p.shape[1], p.shape[0])) for p in opened]
    return torch.from_numpy(np.stack(resized).transpose(0, 3, 1, 2).astype(np.float32) / 255)


def windows(pictures: Tensor, views: int, count: int) -> list[Tensor]:
    """At most `count` windows (1, S, 3, H, W) of neighbouring pictures, evenly spread."""
    if len(pictures) < views:
        raise ValueError(f"{len(pictures)} pictures make no window of {views}")
    starts = np.unique(np.linspace(0, len(pictures) - views, count).round().astype(int))
    return [pictures[s : s + views][None] for s in starts]
