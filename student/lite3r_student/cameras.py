"""Where cameras stand: paths, rigs and intrinsics for one window of S views, checked for common sight.

A view is (R, c): world-from-camera rotation (3x3, OpenCV axes) and centre. Views come in the order the pipeline would deliver them:
by time, and for a rig camera by camera within an instant. The first view is the reference.
"""

import math
from random import Random

import numpy as np

from .render import CAM, render_cpu
from .scenes import Stage


def look(eye, target, roll=0.0) -> np.ndarray:
    """World-from-camera rotation with z towards the target and, but for roll, x level."""
    z = np.asarray(target, float) - eye
    z /= np.linalg.norm(z) + 1e-12
    up = np.array([0.0, 0.0, 1.0]) if abs(z[2]) < 0.999 else np.array([0.0, 1.0, 0.0])
    x = np.cross(z, up)
    x /= np.linalg.norm(x)
    y = np.cross(z, x)
    c, s = math.cos(roll), math.sin(roll)
    return np.stack([c * x + s * y, c * y - s * x, z], 1)


def spin(yaw, pitch, roll) -> np.ndarray:
    """Small rotation in camera axes: yaw about y, pitch about x, roll about z."""
    cy, sy, cp, sp, cr, sr = math.cos(yaw), math.sin(yaw), math.cos(pitch), math.sin(pitch), math.cos(roll), math.sin(roll)
    ry, rx, rz = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]]), np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]]), np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    return ry @ rx @ rz


def curve(g: Random, size: float, bend=0.5):
    """A smooth 3-D path over t in [0, 1]: t -> offset of about `size` at t = 1."""
    def vector(k, up):
        v = np.array([g.gauss(0, 1), g.gauss(0, 1), g.gauss(0, 1) * up])
        return v / (np.linalg.norm(v) + 1e-9) * k
    a, b = vector(size, 0.5), vector(size * bend, 0.5)
    w, p = g.uniform(2, 9), g.uniform(0, 6.28)
    shake = vector(size * g.choice([0.0, 0.03, 0.08]), 1.0)
    return lambda t: a * t + b * t * t + shake * math.sin(w * t + p)


def inside(stage: Stage, p) -> np.ndarray:
    return np.clip(p, stage.low, stage.high)


def start(g: Random, stage: Stage):
    """A first eye at about `reach` from a target, inside the allowed box."""
    target = np.array(stage.target) + np.array([g.gauss(0, 1), g.gauss(0, 1), 0.4 * g.gauss(0, 1)]) * stage.spread
    for _ in range(8):
        az, el = g.uniform(0, 2 * math.pi), math.radians(g.choice([g.uniform(-10, 25), g.uniform(5, 55)]))
        if stage.style == "facade":
            az = -math.pi / 2 + g.uniform(-1.0, 1.0)
            el = math.radians(g.uniform(-5, 15))
        r = stage.reach * math.exp(g.gauss(0, 0.3))
        eye = target + r * np.array([math.cos(az) * math.cos(el), math.sin(az) * math.cos(el), math.sin(el)])
        if np.all(eye > stage.low) and np.all(eye < stage.high):
            break
    eye = inside(stage, eye)
    if np.linalg.norm(eye - target) < 0.3 * stage.reach:
        target = target + (target - eye) + np.array([g.gauss(0, 0.5), g.gauss(0, 0.5), 0.0]) * stage.reach
    return eye, target


def handheld(g, stage, count, shrink):
    """A video: eye and aim drift smoothly; total motion from a few percent of the distance to well over it."""
    eye, target = start(g, stage)
    r = np.linalg.norm(eye - target)
    size = r * math.exp(g.uniform(math.log(0.06), math.log(0.9))) * shrink * min(1.6, 0.45 + 0.12 * count)  # long windows go far
    path, aim = curve(g, size), curve(g, r * g.uniform(0.0, 0.5) * shrink)
    roll, droll = g.gauss(0, 0.06), g.gauss(0, 0.08)
    out = []
    for i in range(count):
        t = (i + (g.uniform(-0.2, 0.2) if 0 < i < count - 1 else 0)) / max(count - 1, 1)
        e = inside(stage, eye + path(t))
        out.append((look(e, target + aim(t), roll + droll * t), e))
    return out


def orbit(g, stage, count, shrink):
    """Around the target, a few to 30 degrees from view to view."""
    eye, target = start(g, stage)
    step = math.radians(math.exp(g.uniform(math.log(2.5), math.log(28)))) * shrink * g.choice([-1, 1])
    if abs(step) * (count - 1) > 2.6:
        step *= 2.6 / (abs(step) * (count - 1))
    d = eye - target
    r, az, z = math.hypot(d[0], d[1]), math.atan2(d[1], d[0]), d[2]
    dz, dr, roll = g.gauss(0, 0.15) * r, g.gauss(0, 0.15), g.gauss(0, 0.05)
    out = []
    for i in range(count):
        t = i / max(count - 1, 1)
        a, rr = az + step * (i + g.uniform(-0.25, 0.25)), r * (1 + dr * t * shrink) * (1 + g.gauss(0, 0.03))
        e = inside(stage, target + np.array([rr * math.cos(a), rr * math.sin(a), z + dz * t * shrink + g.gauss(0, 0.03) * r]))
        out.append((look(e, target + np.array([g.gauss(0, 1), g.gauss(0, 1), g.gauss(0, 1)]) * 0.06 * r, roll + g.gauss(0, 0.04)), e))
    return out


def photos(g, stage, count, shrink):
    """Unordered photographs of one thing: wide baselines, changing distance, sometimes turned on their side."""
    eye, target = start(g, stage)
    d = eye - target
    r, az, el = np.linalg.norm(d), math.atan2(d[1], d[0]), math.asin(np.clip(d[2] / (np.linalg.norm(d) + 1e-9), -1, 1))
    wide = g.uniform(0.15, 1.0) * shrink
    out = []
    for _ in range(count):
        a, b, rr = az + g.uniform(-1, 1) * wide, np.clip(el + g.uniform(-0.4, 0.4) * wide, -0.3, 1.3), r * math.exp(g.gauss(0, 0.25) * shrink)
        e = inside(stage, target + rr * np.array([math.cos(a) * math.cos(b), math.sin(a) * math.cos(b), math.sin(b)]))
        out.append((look(e, target + np.array([g.gauss(0, 1), g.gauss(0, 1), g.gauss(0, 1)]) * 0.12 * r, g.gauss(0, 0.06)), e))
    if g.random() < 0.5:  # in walking order
        out.sort(key=lambda v: math.atan2(v[1][1] - target[1], v[1][0] - target[0]))
    return out


def ring(g, stage, count, shrink):
    """Fixed cameras around a place, looking in: 25-110 degrees apart. With more views than cameras, further instants."""
    target = np.array(stage.target)
    cams = min(count, g.choice([2, 3, 4, 4, 4, 5, 6, 8]))
    gap = math.radians(g.uniform(25, min(110, 360 / cams + 10))) * shrink
    az = g.uniform(0, 2 * math.pi)
    rig = []
    for i in range(cams):
        a, r = az + gap * (i + g.uniform(-0.2, 0.2)), stage.reach * g.uniform(0.7, 1.4)
        e = inside(stage, target + np.array([r * math.cos(a), r * math.sin(a), g.uniform(0.3, 2.0)]))
        rig.append((look(e, target + np.array([g.gauss(0, 1), g.gauss(0, 1), 0.5 * g.gauss(0, 1)]) * stage.spread * 0.5, g.gauss(0, 0.04)), e))
    order = list(range(cams))
    if g.random() < 0.5:
        g.shuffle(order)
    return [rig[order[i % cams]] for i in range(count)]


def drive(g, stage, count, shrink):
    """A vehicle: forward (mostly), alone or with a stereo pair; views interleaved left, right, left, right."""
    cams = 2 if g.random() < 0.5 and count > 1 else 1
    alternate = cams == 1 and g.random() < 0.5  # views taken from the left and the right camera in turn, at different instants
    step = math.exp(g.uniform(math.log(0.25), math.log(1.8 if cams == 2 else 4.0))) * shrink
    base, y, z = g.uniform(0.2, 0.8), g.uniform(stage.low[1], stage.high[1]), g.uniform(stage.low[2], stage.high[2])
    x, bend, yaw0, pitch = g.uniform(stage.low[0], stage.high[0]), g.gauss(0, 0.012) * (1 if g.random() < 0.7 else 5), g.gauss(0, 0.05), g.gauss(0, 0.03)
    side = g.random()
    look_side = 0.0 if side < 0.8 else g.choice([-1, 1]) * g.uniform(0.5, 1.6)
    out, a = [], yaw0
    for i in range(count):
        if i % cams == 0 and i:
            x, y = x + step * math.cos(a), y + step * math.sin(a)
            a += bend * step
        e = np.array([x, y, z + g.gauss(0, 0.006)])
        r = look(e, e + np.array([math.cos(a + look_side), math.sin(a + look_side), pitch + g.gauss(0, 0.004)]), g.gauss(0, 0.006))
        out.append((r, e))
    if cams == 2:
        for i in range(0, count - 1, 2):  # one rigid rig: both cameras of an instant share the rotation
            out[i + 1] = (out[i][0], out[i][1] + out[i][0][:, 0] * base)
    if alternate:
        out = [(r, e + r[:, 0] * base * (i % 2)) for i, (r, e) in enumerate(out)]
    if g.random() < 0.1:
        out.reverse()
    return out


def flight(g, stage, count, shrink):
    """A drone: nadir strips with 55-90 % overlap and turns, or oblique passes and orbits."""
    target = np.array(stage.target) + np.array([g.gauss(0, 1), g.gauss(0, 1), 0]) * stage.spread
    h = stage.reach * g.uniform(0.7, 1.3)
    if g.random() < 0.3:
        s = Stage(stage.style, tuple(target), stage.spread, h, stage.low, stage.high)
        tilt = math.radians(g.uniform(25, 75))
        az, r, step = g.uniform(0, 6.28), h / math.tan(tilt), math.radians(g.uniform(3, 20)) * shrink * g.choice([-1, 1])
        out = []
        for i in range(count):
            a = az + step * i
            e = inside(s, target + np.array([r * math.cos(a), r * math.sin(a), h * (1 + g.gauss(0, 0.03))]))
            out.append((look(e, target + np.array([g.gauss(0, 1), g.gauss(0, 1), 0]) * 0.05 * h, g.gauss(0, 0.02)), e))
        return out
    heading, step, pitch = g.uniform(0, 6.28), h * g.uniform(0.08, 0.5) * shrink, math.radians(g.choice([0, 0, 0, g.uniform(0, 35)]))
    forward, left = np.array([math.cos(heading), math.sin(heading), 0]), np.array([-math.sin(heading), math.cos(heading), 0])
    turn = g.randrange(1, count) if g.random() < 0.3 and count > 2 else 10**6
    fixed = g.random() < 0.4  # the camera keeps its heading on the way back
    e, out = target + np.array([0, 0, h]), []
    for i in range(count):
        if i:
            e = e + (left * step * g.choice([1, 1.5]) if i == turn else forward * (step * (-1 if i > turn else 1)))
        f = forward * (-1 if i >= turn and not fixed else 1)
        down = np.array([0, 0, -1.0]) * math.cos(pitch) + f * math.sin(pitch)
        x = np.cross(f, np.array([0, 0, 1.0]))
        r = np.stack([x, np.cross(down, x), down], 1) @ spin(g.gauss(0, 0.02), g.gauss(0, 0.02), g.gauss(0, 0.03))
        out.append((r, e + np.array([g.gauss(0, 1), g.gauss(0, 1), g.gauss(0, 1)]) * 0.015 * h))
    return out


def rigged(g, stage, count, shrink):
    """Two to four cameras on one rigid mount, moved through the scene: side by side, or looking outwards with overlap."""
    cams = min(count, g.choice([2, 2, 2, 3, 4]))
    eye, target = start(g, stage)
    r = np.linalg.norm(eye - target)
    base, outward = r * math.exp(g.uniform(math.log(0.03), math.log(0.35))) * shrink, g.choice([0.0, 0.0, g.uniform(-0.2, 0.55)]) * shrink
    path, aim = curve(g, r * math.exp(g.uniform(math.log(0.03), math.log(0.5))) * shrink), curve(g, r * g.uniform(0, 0.35) * shrink)
    instants, out = -(-count // cams), []
    for k in range(instants):
        t = k / max(instants - 1, 1)
        e = inside(stage, eye + path(t))
        body = look(e, target + aim(t), 0.02)
        for i in range(cams):
            u = i - (cams - 1) / 2
            out.append((body @ spin(u * outward, 0, 0), e + body[:, 0] * base * u))
    return out[:count]


PATHS = {
    "room": [(handheld, 5), (orbit, 2), (photos, 2), (rigged, 2), (ring, 0.7)],
    "object": [(orbit, 4), (handheld, 3), (photos, 2), (rigged, 1)],
    "facade": [(photos, 4), (orbit, 3), (handheld, 2), (rigged, 1)],
    "ring": [(ring, 5), (photos, 1), (handheld, 1), (rigged, 1)],
    "street": [(drive, 1)],
    "drone": [(flight, 1)],
}


def intrinsics(g: Random, style: str, height: int, width: int) -> list[float]:
    """[fx, fy, cx, cy, k1] for a height x width image: field of view of 35 to 100 degrees along the long side, non-square pixels from
    stretching, off-centre axis, mild lens."""
    long = max(height, width)
    f = long * math.exp(g.uniform(math.log(0.42), math.log(1.59)))
    if style in ("street", "drone") or width > 2.5 * height:
        f = long * math.exp(g.uniform(math.log(0.48), math.log(0.85)))
    elif g.random() < 0.4:
        f = long * g.uniform(0.68, 0.95)  # phones, webcams, standard lenses
    a = math.exp(g.uniform(-0.14, 0.14) / 2) if g.random() < 0.7 else 1.0
    off = 0.015 if g.random() < 0.7 else 0.0
    return [f * a, f / a, width * (0.5 + g.gauss(0, off)), height * (0.5 + g.gauss(0, off)), g.gauss(0, 0.04) if g.random() < 0.5 else 0.0]


def camera_row(view, k) -> list[float]:
    """One row of the camera table (see render.cpp)."""
    r, c = view
    row = [*r.reshape(-1), *c, *k, 1.0]
    return row + [0.0] * (CAM - len(row))


def sight(tables: dict, cams: np.ndarray, height: int, width: int):
    """Low-resolution depth of every view, and how much of each view's surface its predecessors (or the first view) see.

    cams: (S, 20) for height x width images. Returns (depth (S, h, w), best (S,)): best[0] = 1.
    """
    h, w = max(8, round(height / 16)), max(8, round(width / 16))
    small = cams.copy()
    small[:, [12, 14]] *= w / width
    small[:, [13, 15]] *= h / height
    _, depth = render_cpu({**{k: v[None] for k, v in tables.items()}, "cams": small[None]}, h, w, colour=False)
    depth = depth[0]
    x, y = np.meshgrid(np.arange(w) + 0.5, np.arange(h) + 0.5)
    best = np.ones(len(cams))
    rots, centres = small[:, :9].reshape(-1, 3, 3), small[:, 9:12]
    for j in range(1, len(cams)):
        seen = []
        z = depth[j]
        p = np.stack([(x - small[j, 14]) / small[j, 12] * z, (y - small[j, 15]) / small[j, 13] * z, z], -1)[z > 0]
        world = p @ rots[j].T + centres[j]
        for i in {j - 1, max(j - 2, 0), 0}:
            q = (world - centres[i]) @ rots[i]
            zz = np.maximum(q[:, 2], 1e-6)
            u, v = q[:, 0] / zz * small[i, 12] + small[i, 14], q[:, 1] / zz * small[i, 13] + small[i, 15]
            ok = (q[:, 2] > 1e-3) & (u >= 0) & (u < w) & (v >= 0) & (v < h)
            d = depth[i][v[ok].astype(int), u[ok].astype(int)]
            seen.append(np.count_nonzero((d > 0) & (np.abs(d - q[ok, 2]) < 0.12 * q[ok, 2])) / max(h * w, 1))
        best[j] = max(seen)
    return depth, best


def window(g: Random, tables: dict, stage: Stage, views: int, height: int, width: int) -> np.ndarray:
    """Cameras (views, 20) of one window: drawn, checked, drawn again closer together where they see too little in common."""
    kinds, weights = zip(*PATHS[stage.style])
    need, cams = g.uniform(0.15, 0.45), None
    for attempt in range(7):
        path = g.choices(kinds, weights)[0]
        k = intrinsics(g, stage.style, height, width)
        several = path in (ring, photos) and g.random() < 0.2  # different lenses in one window
        poses = path(g, stage, views, 0.75**attempt)
        trial = np.array([camera_row(v, intrinsics(g, stage.style, height, width) if several else k) for v in poses], np.float32)
        depth, best = sight(tables, trial, height, width)
        solid = depth > 0
        near = min(np.quantile(d[d > 0], 0.04) if (d > 0).any() else 0 for d in depth)
        ok = solid.mean((1, 2)).min() > 0.35 and near > 0.09 * stage.reach
        if ok and best.min() > need:
            return trial
        if cams is None or (ok and best.min() > 0.1):
            cams = trial
    return cams
