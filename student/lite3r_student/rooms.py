"""Interiors: furnished rooms, halls, and close views of things on a surface."""

import math
from random import Random

from . import furniture as F
from . import materials as M
from .scenes import Scene, Stage, rot


def light_room(s: Scene, w, d, h):
    """Lamps and window light. Brightness varies a lot; the sensor's exposure follows it."""
    g = s.rng
    warm = g.uniform(0, 1)
    tint = (1.0, 1.0 - 0.18 * warm, 1.0 - 0.42 * warm)
    n = g.choice([1, 1, 2, 2, 3])
    for _ in range(n):
        p = (g.uniform(-0.8, 0.8) * w, g.uniform(-0.8, 0.8) * d, h * g.uniform(0.75, 0.97))
        power = g.uniform(1.0, 5.0) * (1 + 0.12 * w * d) / n
        s.lamp(p, tuple(power * c for c in tint), g.choice([0.03, 0.1, 0.2, 0.35]))
        if g.random() < 0.7:
            m = s.mat(M.material(g, M.PLAIN, (0.9, 0.88, 0.8), glow=g.uniform(1, 5)))
            if g.random() < 0.5:
                s.box((p[0], p[1], h - 0.03), (g.uniform(0.1, 0.6), g.uniform(0.08, 0.3), 0.03), m, shadow=False)
            else:
                s.ball((p[0], p[1], p[2] + 0.1), (0.12, 0.12, 0.09), m)
    amb = g.uniform(0.25, 1.1)
    s.env[0:6] = [0.6] * 6
    s.env[6:12] = [amb * t for t in tint] + [amb * g.uniform(0.35, 0.8) * c for c in (tint[0], tint[1] * 0.95, tint[2] * 0.85)]
    s.env[12] = 0.0
    s.env[16] = g.uniform(0.2, 0.5)
    s.env[18] = float(g.randrange(1000))


def wall_things(s: Scene, length, height):
    """Decoration of one wall; frame: origin at the wall's foot, wall along x (half length), room towards -y."""
    g = s.rng
    for _ in range(g.choice([0, 1, 1, 2, 3, 4, 6])):
        x, z = g.uniform(-0.85, 0.85) * length, g.uniform(0.35, 0.8) * height
        pick = g.random()
        if pick < 0.4:  # posters, pictures, notices
            for _ in range(g.choice([1, 1, 2, 5])):
                a, b = g.choice([(0.1, 0.15), (0.2, 0.3), (0.3, 0.2), (0.5, 0.35), (0.35, 0.5)])
                px, pz = x + g.uniform(-0.4, 0.4), z + g.uniform(-0.25, 0.25)
                if g.random() < 0.5:
                    s.box((px, -0.01, pz), (a + 0.03, 0.012, b + 0.03), s.mat(g.choice([M.wood, M.plastic, M.metal])(g)))
                s.box((px, -0.02, pz), (a, 0.006, b), s.mat(M.picture(g, a) if g.random() < 0.7 else M.paper(g)))
        elif pick < 0.6:  # window, bright or dark, with frame and sill
            a, b = g.uniform(0.35, 1.0), g.uniform(0.4, 0.7)
            z = max(z, b + 0.8)
            frame = s.mat(M.plastic(g, M.colour(g, sat=(0, 0.15), value=(0.6, 1))) if g.random() < 0.7 else M.wood(g))
            s.box((x, -0.005, z), (a, 0.01, b), s.mat(M.picture(g, 1.2, glow=g.choice([0.0, 1.5, 4.0]))))
            for dx in (-a, 0, a):
                s.box((x + dx, -0.02, z), (0.03, 0.03, b + 0.03), frame)
            for dz in (-b, b):
                s.box((x, -0.02, z + dz), (a, 0.03, 0.03), frame)
            s.box((x, -0.08, z - b - 0.03), (a + 0.08, 0.09, 0.015), frame)
            if g.random() < 0.3:
                s.box((x, -0.05, z), (a, 0.01, b), frame, slats=(g.uniform(12, 30), 0.6, 2))
            elif g.random() < 0.4:
                m = s.mat(M.fabric(g))
                for side in (-1, 1):
                    for k in range(4):
                        s.rod((x + side * (a + 0.25 - 0.12 * k), -0.08, z - 0.1), 0.05, b + 0.25, m)
        elif pick < 0.75:  # door
            s.box((x, -0.015, 1.0), (0.45, 0.02, 1.0), s.mat(g.choice([M.wood, M.plastic, lambda r: M.front(r, 0.9, 1.0)])(g)))
            m = s.mat(M.wood(g))
            for dx in (-0.48, 0.48):
                s.box((x + dx, -0.02, 1.02), (0.04, 0.025, 1.02), m)
            s.ball((x + 0.36, -0.06, 1.0), (0.03, 0.04, 0.03), s.mat(M.metal(g)))
        elif pick < 0.9:  # hanging shelf or cupboard
            a = g.uniform(0.25, 0.8)
            if g.random() < 0.5:
                s.box((x, -0.16, z), (a, 0.16, 0.25), s.mat(M.front(g, 0.4, 0.5)))
            else:
                s.box((x, -0.1, z), (a, 0.1, 0.012), s.mat(M.wood(g)))
                with s.at(x, -0.1, z + 0.012):
                    F.scatter(s, a * 0.9, 0.03, 0.0, g.randrange(2, 6), 0.1)
        else:  # pipes, cables, sockets, clock
            m = s.mat(g.choice([M.metal, M.plastic])(g))
            if g.random() < 0.5:
                s.stick((x, -0.05, 0), (x, -0.05, height), g.uniform(0.01, 0.05), m)
            s.rod((x + 0.4, -0.02, 1.6), g.uniform(0.06, 0.16), 0.02, s.mat(M.picture(g, 0.2)), rot(0, 0, math.pi / 2))
            for k in range(3):
                s.box((x + 0.1 * k, -0.01, 0.3), (0.04, 0.012, 0.04), s.mat(M.plastic(g, (0.8, 0.8, 0.78))))


def shell(s: Scene, w, d, h):
    """Floor, ceiling, walls (each may differ), skirting, sometimes a pillar or a recess."""
    g = s.rng
    base = M.plaster(g)
    s.room((0, 0, h / 2), (w, d, h / 2), s.mat(base))
    floor = g.choice([lambda r: M.wood(r, boards=True), lambda r: M.wood(r, boards=True), M.tiles, M.carpet, M.carpet, M.stone, M.plaster])(g)
    s.box((0, 0, 0.005), (w, d, 0.006), s.mat(floor), shadow=False)
    ceiling = M.plaster(g, M.colour(g, (0.05, 0.15), (0, 0.1), (0.75, 0.98))) if g.random() < 0.8 else M.tiles(g, 0.6)
    s.box((0, 0, h - 0.005), (w, d, 0.006), s.mat(ceiling), shadow=False)
    different = g.random()
    for i, (x, y, yaw, length) in enumerate(((0, d, 0, w), (-w, 0, math.pi / 2, d), (0, -d, math.pi, w), (w, 0, -math.pi / 2, d))):
        with s.at(x, y, 0, yaw):
            if g.random() < (0.5 if different < 0.5 else 0.1):
                m = g.choice([M.wallpaper, M.wallpaper, M.plaster, M.brick, M.tiles, M.wood, M.plaster, M.stone])(g)
                up = h / 2 if g.random() < 0.7 else 0.55
                s.box((0, 0.0, up), (length, 0.012, up), s.mat(m), shadow=False)
            if g.random() < 0.5:
                s.box((0, -0.01, 0.05), (length, 0.015, 0.05), s.mat(M.plastic(g) if g.random() < 0.5 else M.wood(g)), shadow=False)
            wall_things(s, length, h)
    if g.random() < 0.25:
        s.box((g.choice([-1, 1]) * w * 0.95, g.choice([-1, 1]) * d * 0.95, h / 2), (g.uniform(0.15, 0.9), g.uniform(0.15, 0.9), h / 2), s.mat(base if g.random() < 0.6 else M.brick(g)))
    if g.random() < 0.15:
        m = s.mat(M.wood(g))
        for k in range(g.randrange(2, 5)):
            s.box((0, (k - 1.5) * d * 0.5, h - 0.08), (w, 0.06, 0.08), m)


def furnish(s: Scene, w, d, walls, free):
    """Puts furniture along the walls and into the middle, without (much) overlap."""
    g = s.rng
    taken: list[tuple[float, float, float]] = []
    for _ in range(walls):
        side = g.randrange(4)
        f = g.choice(F.AGAINST_WALL)
        length, depth = (w, d) if side % 2 == 0 else (d, w)
        x = g.uniform(-0.8, 0.8) * length
        px, py = ((x, depth), (-depth, x), (-x, -depth), (depth, -x))[side]
        if any(math.hypot(px - a, py - b) < r + 0.55 for a, b, r in taken):
            continue
        before = len(s.prims)
        inset = 0.34 if f is not F.bed else 1.06
        with s.at(px, py, 0, (0, math.pi / 2, math.pi, -math.pi / 2)[side]):
            with s.at(0, -inset, 0, 0):
                hx, _, _ = f(s)
        taken.append((px, py, hx))
        if len(s.prims) == before:
            break
    for _ in range(free):
        f = g.choice(F.FREE)
        px, py = g.uniform(-0.65, 0.65) * w, g.uniform(-0.65, 0.65) * d
        if any(math.hypot(px - a, py - b) < r + 0.4 for a, b, r in taken):
            continue
        yaw = g.choice([0, 1.571, 3.142, -1.571]) + g.gauss(0, 0.15)
        with s.at(px, py, 0, yaw):
            hx, hy, hz = f(s)
            if f is F.table and g.random() < 0.7:
                for k in range(g.randrange(1, 5)):
                    side = g.choice([-1, 1])
                    with s.at(g.uniform(-hx, hx) * 0.8, side * (hy + g.uniform(0.05, 0.35)), 0, (math.pi if side < 0 else 0) + g.gauss(0, 0.2)):
                        F.chair(s)
        taken.append((px, py, max(hx, hy)))


def room(g: Random) -> tuple[Scene, Stage]:
    s = Scene(g)
    w, d, h = g.uniform(1.3, 3.2), g.uniform(1.3, 3.2), g.uniform(2.3, 3.1)
    light_room(s, w, d, h)
    shell(s, w, d, h)
    furnish(s, w, d, g.randrange(3, 10), g.randrange(1, 7))
    return s, Stage("room", (g.uniform(-0.5, 0.5) * w, g.uniform(-0.5, 0.5) * d, g.uniform(0.5, 1.3)), 0.8, 0.75 * (w + d) / 2 + 0.6, (-w + 0.25, -d + 0.25, 0.6), (w - 0.25, d - 0.25, min(h - 0.3, 2.2)))


def plain(g: Random) -> tuple[Scene, Stage]:
    """A fitted kitchen, bath or corridor: large surfaces of one colour, edge to edge, with little on them, seen from nearby.

    This is where depth has only outlines and shading to go by; in cluttered rooms it never has to learn them."""
    s = Scene(g)
    w, d, h = g.uniform(1.0, 2.4), g.uniform(1.2, 2.8), g.uniform(2.3, 2.8)
    light_room(s, w, d, h)
    walls = s.mat(M.plaster(g, M.colour(g, (0.05, 0.17), (0.0, 0.15), (0.5, 0.97))))
    s.room((0, 0, h / 2), (w, d, h / 2), walls)
    s.box((0, 0, 0.005), (w, d, 0.006), s.mat(g.choice([M.plaster, M.plastic, M.tiles, lambda r: M.wood(r, boards=True)])(g)), shadow=False)
    front = s.mat(g.choice([M.plastic, M.plastic, M.plaster, M.wood])(g))
    top = s.mat(g.choice([M.plastic, M.wood, M.stone])(g))
    dark = s.mat(M.plastic(g, M.colour(g, sat=(0, 0.1), value=(0.05, 0.25))))
    handle = s.mat(M.metal(g))
    for y, yaw, length in ((d, 0.0, w), (0, math.pi / 2, d), (0, -math.pi / 2, d))[: g.choice([1, 2, 2, 3])]:
        x = 0.0 if yaw == 0 else (-w if yaw > 0 else w)
        with s.at(x, y, 0, yaw):
            fitted(s, length * g.uniform(0.5, 1.0), h, front, top, dark, handle)
    for _ in range(g.choice([0, 1, 1, 2])):  # table and chairs in the foreground
        with s.at(g.uniform(-0.5, 0.5) * w, g.uniform(-0.7, 0.1) * d, 0, g.uniform(0, 6.28)):
            g.choice([F.table, F.chair, F.chair])(s)
    near = (g.uniform(-0.7, 0.7) * w, d * g.uniform(0.5, 0.95), g.uniform(0.4, 1.6))
    return s, Stage("room", near, 0.5, g.uniform(0.5, 1.8), (-w + 0.2, -d + 0.2, 0.5), (w - 0.2, d - 0.3, min(h - 0.3, 2.0)))


def fitted(s: Scene, length, height, front, top, dark, handle):
    """A row of built-in cupboards along a wall, half length `length`; frame as in `wall_things`: the wall along x, the room towards -y."""
    g = s.rng
    doors, deep, tall = max(2, round(2 * length / g.uniform(0.4, 0.8))), g.uniform(0.25, 0.32), g.uniform(0.4, 0.47)
    wide, gap, grip = length / doors, g.choice([0.0015, 0.003, 0.006]), g.random() < 0.6
    above = g.random() < 0.6
    s.box((0, -deep, 0.05), (length, deep - 0.04, 0.05), dark)
    s.box((0, -deep, 2 * tall + 0.02), (length, deep + 0.01, 0.02), top)
    for k in range(doors):
        x = (2 * k + 1 - doors) * wide
        if g.random() < 0.06:  # a door is missing, an oven, a window of one
            s.box((x, -deep, tall + 0.05), (wide - gap, deep - 0.01, tall - 0.06), dark)
        else:
            s.box((x, -deep, tall + 0.05), (wide - gap, deep, tall - 0.055), front)
        if grip:
            s.box((x, -2 * deep - 0.015, 2 * tall - 0.1), (min(0.06, wide * 0.5), 0.008, 0.006), handle)
        if above and g.random() < 0.9:
            s.box((x, -0.17, height - 0.75), (wide - gap, 0.17, 0.36), front)
    if g.random() < 0.6:
        with s.at(0, -deep, 2 * tall + 0.04, 0):
            F.scatter(s, length * 0.9, deep * 0.7, 0.0, g.randrange(1, 5), 0.12)


def hall(g: Random) -> tuple[Scene, Stage]:
    """A larger space seen by fixed cameras from its corners: gym, workshop, lobby."""
    s = Scene(g)
    w, d, h = g.uniform(2.5, 6), g.uniform(2.5, 6), g.uniform(2.6, 4.5)
    light_room(s, w, d, h)
    shell(s, w, d, h)
    for _ in range(g.randrange(0, 3)):  # platform, mats, treadmill
        with s.at(g.uniform(-0.4, 0.4) * w, g.uniform(-0.4, 0.4) * d, 0, g.uniform(0, 3.14)):
            s.box((0, 0, 0.1), (g.uniform(0.4, 1.2), g.uniform(0.4, 1.6), g.uniform(0.03, 0.12)), s.mat(g.choice([M.plastic, M.metal, M.fabric, M.wood])(g)))
    furnish(s, w, d, g.randrange(3, 8), g.randrange(1, 6))
    if g.random() < 0.6:
        with s.at(g.uniform(-0.8, 0.8), g.uniform(-0.8, 0.8), 0.1, g.uniform(0, 6.28)):
            F.person(s)
    return s, Stage("ring", (g.uniform(-0.2, 0.2) * w, g.uniform(-0.2, 0.2) * d, g.uniform(0.5, 1.1)), 0.5, 0.6 * (w + d) / 2, (-w + 0.2, -d + 0.2, 0.8), (w - 0.2, d - 0.2, h - 0.3))


def tabletop(g: Random) -> tuple[Scene, Stage]:
    """Things on a table, counter or floor seen from close by, with a room behind."""
    s = Scene(g)
    w, d, h = g.uniform(1.2, 3), g.uniform(1.2, 3), 2.6
    light_room(s, w, d, h)
    shell(s, w, d, h)
    if g.random() < 0.5:
        furnish(s, w, d, g.randrange(1, 4), 0)
    tw, td, th = F.table(s, g.uniform(0.4, 0.9), g.uniform(0.35, 0.7), g.uniform(0.3, 0.8), things=False)
    F.scatter(s, tw * 0.8, td * 0.8, th, g.randrange(5, 22), g.choice([0.1, 0.18, 0.25]))
    if g.random() < 0.5:
        with s.at(0, 0, th, g.uniform(0, 6.28)):
            sculpture(s, g.uniform(0.12, 0.3))
    return s, Stage("object", (g.uniform(-0.3, 0.3) * tw, g.uniform(-0.3, 0.3) * td, th + g.uniform(0, 0.15)), 0.2, g.uniform(0.5, 1.1), (-w + 0.2, -d + 0.2, th + 0.08), (w - 0.2, d - 0.2, h - 0.3))


def sculpture(s: Scene, size):
    """One organic object of several blended-looking parts, on its foot: animal, bust, toy, root."""
    g = s.rng
    skin = s.mat(g.choice([M.anything, M.stone, M.fabric, M.foliage])(g))
    mats = [skin, skin, s.mat(M.anything(g, size))]
    c = (0.0, 0.0, size)
    for k in range(g.randrange(3, 9)):
        r = size * g.uniform(0.2, 0.75) * (0.9**k)
        half = (r * g.uniform(0.5, 1.2), r * g.uniform(0.5, 1.2), r * g.uniform(0.6, 1.4))
        s.blob(c, half, g.choice(mats), rot(g.uniform(0, 6.28), g.uniform(-0.8, 0.8), g.uniform(-0.8, 0.8)), bumps=g.uniform(0, 0.25), count=g.uniform(2, 8))
        a = g.uniform(0, 6.28)
        c = (c[0] + r * 0.7 * math.cos(a), c[1] + r * 0.7 * math.sin(a), max(c[2] + r * g.uniform(-0.5, 0.9), 0.3 * size))
    for _ in range(g.randrange(0, 4)):  # ears, horns, handles
        a = g.uniform(0, 6.28)
        s.stick((0, 0, size), (size * math.cos(a), size * math.sin(a), size * g.uniform(0.8, 2)), size * g.uniform(0.03, 0.12), g.choice(mats))


def mounted(g: Random) -> tuple[Scene, Stage]:
    """An object on or before a wall, watched from half around: trophy, relief, machine, altar."""
    s = Scene(g)
    w, d, h = g.uniform(1.5, 3), g.uniform(1.5, 3), g.uniform(2.4, 3.4)
    light_room(s, w, d, h)
    shell(s, w, d, h)
    z = g.uniform(0.8, 1.6)
    with s.at(g.uniform(-0.4, 0.4) * w, d - 0.05, z, 0):
        s.cushion((0, 0, 0), (g.uniform(0.1, 0.3), 0.04, g.uniform(0.15, 0.4)), s.mat(M.wood(g)), rounding=0.6)
        with s.at(0, -0.12, -0.15, 0):
            sculpture(s, g.uniform(0.12, 0.3))
        x = s.place[1][0]
    furnish(s, w, d, g.randrange(0, 3), 0)
    return s, Stage("object", (x, d - 0.15, z), 0.15, g.uniform(0.6, 1.5), (-w + 0.2, -d + 0.2, 0.4), (w - 0.2, d - 0.35, h - 0.3))
