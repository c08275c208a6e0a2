"""A scene under construction: primitives, materials, lights and surroundings, with a stack of placements.

World: z up, unit metre. `rooms.py`, `outdoors.py` fill it; `cameras.py` looks at it; `render.py` turns it into pixels.
A scene kind is a function (Random) -> (Scene, Stage), where the stage says where cameras may go and what they may look at.
"""

import math
from dataclasses import dataclass, field
from random import Random

import numpy as np

from .render import ENV, LIGHT, MAT, MAX_LIGHTS, MAX_MATS, MAX_PRIMS, PRIM

BOX, ELLIPSOID, CONE, ROOM, ROUNDBOX, BLOB, TERRAIN = range(7)
Vec = tuple[float, float, float]


def rot(yaw=0.0, pitch=0.0, roll=0.0):
    """World-from-object rotation, rows: turn about z (yaw), then the turned y (pitch), then the turned x (roll)."""
    cy, sy, cp, sp, cr, sr = math.cos(yaw), math.sin(yaw), math.cos(pitch), math.sin(pitch), math.cos(roll), math.sin(roll)
    return ((cy * cp, cy * sp * sr - sy * cr, cy * sp * cr + sy * sr), (sy * cp, sy * sp * sr + cy * cr, sy * sp * cr - cy * sr), (-sp, cp * sr, cp * cr))


def matmul(a, b):
    return tuple(tuple(sum(a[i][k] * b[k][j] for k in range(3)) for j in range(3)) for i in range(3))


def apply(r, v):
    return tuple(r[i][0] * v[0] + r[i][1] * v[1] + r[i][2] * v[2] for i in range(3))


IDENTITY = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


@dataclass
class Stage:
    """Where a scene is watched from.

    style: which camera paths make sense ("room", "object", "facade", "street", "drone", "ring").
    target: a point worth looking at; spread: how far other such points lie from it; reach: usual distance camera to target.
    low, high: corners of the box the camera centres must stay in.
    """

    style: str
    target: Vec
    spread: float
    reach: float
    low: Vec
    high: Vec


@dataclass
class Scene:
    rng: Random
    prims: list = field(default_factory=list)
    mats: list = field(default_factory=list)
    lights: list = field(default_factory=list)
    env: list = field(default_factory=lambda: [0.5, 0.6, 0.8, 0.7, 0.75, 0.8, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.0, 0.7, 0.75, 0.8, 0.3, 0.0, 1.0, 0.0])
    place: tuple = (IDENTITY, (0.0, 0.0, 0.0))

    def mat(self, m: list[float]) -> int:
        """Registers a material; when the table is full, an earlier one is reused."""
        if len(self.mats) < MAX_MATS:
            self.mats.append(m)
            return len(self.mats) - 1
        return self.rng.randrange(MAX_MATS)

    def at(self, x: float, y: float, z: float = 0.0, yaw: float = 0.0, tilt: float = 0.0):
        """Returns a context manager: things added inside are placed relative to this point."""
        return _Place(self, x, y, z, yaw, tilt)

    def add(self, shape: int, centre: Vec, half: Vec, m: int, r=None, p=(0.0, 0.0, 0.0, 0.0), shadow=True) -> None:
        if len(self.prims) >= MAX_PRIMS:
            return
        pr, pt = self.place
        c = apply(pr, centre)
        world = pr if r is None else matmul(pr, r)
        radius = math.sqrt(half[0] ** 2 + half[1] ** 2 + half[2] ** 2)
        if shape == ELLIPSOID:
            radius = max(half)
        elif shape == CONE:
            radius = math.hypot(half[0] * max(1.0, p[0]), half[2])
        h = tuple(max(x, 1e-3) for x in half)
        self.prims.append([float(shape), float(m), c[0] + pt[0], c[1] + pt[1], c[2] + pt[2],
                           world[0][0], world[1][0], world[2][0], world[0][1], world[1][1], world[2][1], world[0][2], world[1][2], world[2][2],
                           *h, *p, float(self.rng.randrange(1, 900)), radius, 1.0 if shadow else 0.0])

    def box(self, centre, half, m, r=None, slats=None, shadow=True):
        """slats: (per unit, share kept, kind 2 = slats | 3 = grid) cuts holes through the box."""
        self.add(BOX, centre, half, m, r, (0.0, slats[0], float(slats[2]), slats[1]) if slats else (0.0,) * 4, shadow)

    def room(self, centre, half, m):
        self.add(ROOM, centre, half, m, shadow=False)

    def ball(self, centre, half, m, r=None, leafy=None):
        """leafy: (holes per unit, share kept): a crown one can see through."""
        self.add(ELLIPSOID, centre, half, m, r, (0.0, leafy[0], 1.0, leafy[1]) if leafy else (0.0,) * 4)

    def rod(self, centre, radius, half_length, m, r=None, taper=1.0):
        """Cylinder or cone along z: `radius` at the bottom, taper * radius at the top. (Its slab test needs the wider end.)"""
        if taper > 1.0:  # the renderer bounds it by the bottom radius: turn it over
            flip = ((1.0, 0.0, 0.0), (0.0, -1.0, 0.0), (0.0, 0.0, -1.0))
            self.add(CONE, centre, (radius * taper, radius * taper, half_length), m, flip if r is None else matmul(r, flip), (1.0 / taper, 0.0, 0.0, 0.0))
        else:
            self.add(CONE, centre, (radius, radius, half_length), m, r, (taper, 0.0, 0.0, 0.0))

    def cushion(self, centre, half, m, r=None, rounding=0.3):
        self.add(ROUNDBOX, centre, half, m, r, (rounding * min(half), 0.0, 0.0, 0.0))

    def blob(self, centre, half, m, r=None, bumps=0.12, count=5.0):
        self.add(BLOB, centre, tuple(h * (1 + 1.6 * bumps) for h in half), m, r, (bumps, count, 0.0, 0.0))

    def terrain(self, centre, half, m, amplitude, scale, canopy=0.0, crown=1.0):
        self.add(TERRAIN, centre, half, m, None, (amplitude, scale, canopy, crown), shadow=False)

    def stick(self, a: Vec, b: Vec, radius: float, m: int, square=False):
        """A rod (or bar) from a to b: legs, cables, branches, pipes."""
        d = [b[i] - a[i] for i in range(3)]
        length = math.sqrt(sum(x * x for x in d)) or 1e-6
        z = [x / length for x in d]
        x = [0.0, -z[2], z[1]] if abs(z[0]) < 0.9 else [z[2], 0.0, -z[0]]
        n = math.sqrt(sum(v * v for v in x))
        x = [v / n for v in x]
        y = [z[1] * x[2] - z[2] * x[1], z[2] * x[0] - z[0] * x[2], z[0] * x[1] - z[1] * x[0]]
        r = tuple((x[i], y[i], z[i]) for i in range(3))
        c = tuple((a[i] + b[i]) / 2 for i in range(3))
        if square:
            self.box(c, (radius, radius, length / 2), m, r)
        else:
            self.rod(c, radius, length / 2, m, r)

    def lamp(self, position: Vec, colour: Vec, radius: float):
        if len(self.lights) < MAX_LIGHTS:
            pr, pt = self.place
            c = apply(pr, position)
            self.lights.append([1.0, c[0] + pt[0], c[1] + pt[1], c[2] + pt[2], *colour, radius])

    def sun(self, direction: Vec, colour: Vec, softness: float):
        n = math.sqrt(sum(x * x for x in direction))
        if len(self.lights) < MAX_LIGHTS:
            self.lights.append([0.0, *(x / n for x in direction), *colour, softness])

    def tables(self) -> dict[str, np.ndarray]:
        """The scene as padded float tables (see render.py), without cameras."""
        out = {"prims": np.zeros((MAX_PRIMS, PRIM), np.float32), "mats": np.zeros((MAX_MATS, MAT), np.float32), "lights": np.zeros((MAX_LIGHTS, LIGHT), np.float32), "env": np.zeros(ENV, np.float32)}
        for name, rows in (("prims", self.prims), ("mats", self.mats), ("lights", self.lights)):
            if rows:
                out[name][: len(rows)] = rows
        env = list(self.env[:19]) + [float(len(self.lights))]
        out["env"][: len(env)] = env
        out["counts"] = np.int32(len(self.prims))
        return out


class _Place:
    def __init__(self, scene, x, y, z, yaw, tilt):
        self.scene, self.new = scene, (rot(yaw, tilt), (x, y, z))

    def __enter__(self):
        self.old = self.scene.place
        r, t = self.old
        c = apply(r, self.new[1])
        self.scene.place = (matmul(r, self.new[0]), (c[0] + t[0], c[1] + t[1], c[2] + t[2]))
        return self.scene

    def __exit__(self, *_):
        self.scene.place = self.old
