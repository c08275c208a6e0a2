"""A capture that closes a loop: one camera walks twice round a furnished room and looks outward, the second time a little higher and nearer to the middle.

What fusion's loops are measured on: `./lite3r bench loops --capture OUT`. Layout as every capture (`samples.py`).
"""

import math
from pathlib import Path
from random import Random

import numpy as np
import torch

from . import cameras, rooms, samples
from .scenes import Scene

HALF_WIDTH, HALF_DEPTH, HEIGHT = 3.5, 5.0, 3.0
WIDE, LONG, EYE = 1.7, 3.2, 1.45
INWARD, UPWARD = 0.17, 0.10
SIZE, FOCAL, FPS = (512, 384), 400.0, 5.0


def walk(frames: int, laps: int) -> list:
    """[(R, c)]: ellipses, looking half ahead and half at the wall, with a little sway."""
    views = []
    for i in range(frames):
        turn = laps * i / frames
        a, lap = 2 * math.pi * turn, int(turn)
        eye = np.array([(WIDE - INWARD * lap) * math.cos(a), (LONG - INWARD * lap) * math.sin(a), EYE + UPWARD * lap + 0.03 * math.sin(7 * a)])
        out = np.array([math.cos(a) / WIDE, math.sin(a) / LONG, 0.0])
        ahead = np.array([-WIDE * math.sin(a), LONG * math.cos(a), 0.0])
        aim = eye + out / np.linalg.norm(out) + 0.8 * ahead / np.linalg.norm(ahead) + np.array([0, 0, -0.12 + 0.05 * math.sin(5 * a + lap)])
        views.append((cameras.look(eye, aim, 0.02 * math.sin(3 * a + lap)), eye))
    return views


def capture(out: Path, seed: int = 1, frames: int = 150, laps: int = 2, supersample: int = 2) -> None:
    """Renders and writes it; deterministic for a given seed and machine arithmetic."""
    scene = Scene(Random(f"circuit-{seed}"))
    rooms.light_room(scene, HALF_WIDTH, HALF_DEPTH, HEIGHT)
    rooms.shell(scene, HALF_WIDTH, HALF_DEPTH, HEIGHT)
    rooms.furnish(scene, HALF_WIDTH, HALF_DEPTH, 14, 0)
    top = samples.head("circuit", f"{FPS:g} Hz", None, "circuit-capture")
    names = [("cam", k) for k in range(frames)]
    samples.write(out, scene.tables(), walk(frames, laps), names, top, SIZE, FOCAL, FPS, seed, supersample=supersample)


def add_arguments(parser) -> None:
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--frames", type=int, default=150)
    parser.add_argument("--laps", type=int, default=2)
    parser.add_argument("--supersample", type=int, default=2)


def main(args) -> None:
    torch.set_num_threads(1)
    capture(args.out, args.seed, args.frames, args.laps, args.supersample)
    print(f"{args.out}: {args.frames} images, {args.laps} laps")
