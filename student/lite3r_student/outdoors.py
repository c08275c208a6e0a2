"""Streets, facades, parks and the view from a drone."""

import math
from random import Random

from . import furniture as F
from . import materials as M
from .rooms import sculpture
from .scenes import Scene, Stage, rot


def daylight(s: Scene, overcast=None):
    """Sun, sky and haze. Sun against sky from hard noon shadows to none at all."""
    g = s.rng
    overcast = g.random() < 0.35 if overcast is None else overcast
    blue = M.colour(g, (0.55, 0.63), (0.15, 0.7), (0.6, 0.95))
    white = M.colour(g, (0.5, 0.65), (0.0, 0.12), (0.75, 1.0))
    zenith = white if overcast else blue
    elevation, azimuth = math.radians(g.uniform(15, 75)), g.uniform(0, 6.28)
    if not overcast or g.random() < 0.3:
        warm = max(0.0, 1 - math.degrees(elevation) / 45)
        power = g.uniform(1.5, 4.0) if not overcast else g.uniform(0.3, 0.8)
        s.sun((math.cos(elevation) * math.cos(azimuth), math.cos(elevation) * math.sin(azimuth), math.sin(elevation)), (power, power * (1 - 0.2 * warm), power * (1 - 0.45 * warm)), g.uniform(0.005, 0.03) if not overcast else 0.2)
    amb = g.uniform(0.6, 1.2) if overcast else g.uniform(0.25, 0.7)
    ground = M.colour(g, (0.08, 0.3), (0.05, 0.3), (0.4, 0.6))
    s.env[0:12] = [*zenith, *white, *(amb * (0.5 * z + 0.5) for z in zenith), *(amb * 1.2 * c for c in ground)]
    s.env[12:16] = [g.choice([0, 0, 0.0005, 0.002, 0.004]), *white]
    s.env[16] = g.uniform(0.4, 1.0)
    s.env[17] = g.choice([0, 0.5, 1.0, 1.5]) if not overcast else g.uniform(0, 0.5)
    s.env[18] = float(g.randrange(1000))


def tree(s: Scene, h=None, crown=None, bare=False):
    g = s.rng
    h = h or g.uniform(3, 11)
    m, leaf = s.mat(M.bark(g)), crown if crown is not None else s.mat(M.foliage(g))
    s.rod((0, 0, h * 0.3), h * g.uniform(0.012, 0.03), h * 0.3, m, taper=0.6)
    conifer = g.random() < 0.2
    if conifer:
        s.rod((0, 0, h * 0.58), h * g.uniform(0.13, 0.25), h * 0.42, leaf, taper=0.05)
        return
    for _ in range(g.randrange(2, 7)):
        r = h * g.uniform(0.1, 0.24)
        c = (g.gauss(0, 0.12) * h, g.gauss(0, 0.12) * h, h * g.uniform(0.5, 0.88))
        s.stick((0, 0, h * g.uniform(0.3, 0.55)), c, h * 0.008, m)
        if g.random() < 0.75:
            s.ball(c, (r * g.uniform(0.8, 1.3), r * g.uniform(0.8, 1.3), r * g.uniform(0.6, 1.1)), leaf, rot(g.uniform(0, 3), g.uniform(-0.5, 0.5)), leafy=(g.uniform(8, 22) / h, g.uniform(0.35, 0.85)))
        else:
            s.blob(c, (r, r, r * 0.8), leaf, bumps=g.uniform(0.1, 0.3), count=g.uniform(4, 9))


def car(s: Scene):
    g = s.rng
    paint = s.mat(M.material(g, M.PLAIN, M.any_colour(g), spec=0.8, shine=120, mirror=g.uniform(0.2, 0.6), dirt=0.05))
    glass, tyre = s.mat(M.material(g, M.PLAIN, (0.02, 0.025, 0.03), spec=0.8, shine=150, mirror=0.8)), s.mat(M.plastic(g, (0.02, 0.02, 0.02)))
    k = g.uniform(0.9, 1.15)
    high = g.choice([0.0, 0.0, 0.25, 0.7])
    s.cushion((0, 0, 0.6 * k), (2.1 * k, 0.85 * k, 0.35 * k), paint, rounding=0.5)
    s.cushion((-0.15 * k, 0, (1.1 + high / 2) * k), ((1.15 + high * 0.6) * k, 0.74 * k, (0.33 + high / 2) * k), glass, rounding=0.7)
    s.box((-0.15 * k, 0, (1.42 + high) * k), (0.9 * k, 0.66 * k, 0.03), paint)
    for x in (-1.25, 1.25):
        for y in (-0.8, 0.8):
            s.rod((x * k, y * k, 0.32 * k), 0.32 * k, 0.1, tyre, rot(0, 0, math.pi / 2))
    lights = s.mat(M.material(g, M.PLAIN, g.choice([(0.5, 0.02, 0.02), (0.9, 0.9, 0.8)]), glow=0.5))
    for y in (-0.6, 0.6):
        s.box((-2.05 * k, y * k, 0.72 * k), (0.06, 0.14, 0.08), lights)
    s.box((-2.1 * k, 0, 0.55 * k), (0.03, 0.25, 0.06), s.mat(M.paper(g)))


def house(s: Scene, w=None, d=None, h=None):
    g = s.rng
    w, d, h = w or g.uniform(4, 9), d or g.uniform(4, 8), h or g.choice([g.uniform(3, 7), g.uniform(6, 14), g.uniform(10, 25)])
    wall = s.mat(g.choice([M.facade, M.facade, M.facade, lambda r: M.brick(r), M.plaster])(g))
    s.box((0, 0, h / 2), (w, d, h / 2), wall)
    if h < 12 and g.random() < 0.7:
        roof = s.mat(g.choice([M.brick, M.tiles, M.wood])(g))
        a = g.uniform(0.4, 0.8)
        k = d / math.cos(a) * 0.53
        for side in (-1, 1):
            s.box((0, side * d * 0.5, h + d * 0.5 * math.tan(a)), (w + 0.3, k, 0.08), roof, rot(0, 0, -side * a))
        s.box((0, 0, h + d * 0.2), (w * 0.99, d * 0.55, d * 0.2), wall)
        s.box((w * 0.4, d * 0.3, h + d * 0.6), (0.35, 0.35, 1.0), s.mat(M.brick(g)))
    else:
        s.box((0, 0, h + 0.1), (w + 0.15, d + 0.15, 0.2), s.mat(M.plaster(g)))
        for _ in range(g.randrange(0, 3)):
            s.box((g.uniform(-w, w) * 0.7, g.uniform(-d, d) * 0.7, h + 0.6), (g.uniform(0.4, 1.5), g.uniform(0.4, 1.5), 0.6), s.mat(M.metal(g)))
    if g.random() < 0.6:  # balconies, awnings, doors on all sides
        m = s.mat(M.metal(g))
        for _ in range(g.randrange(1, 4)):
            x, z, side = g.uniform(-0.8, 0.8) * w, g.uniform(0.2, 0.85) * h, g.choice([-1, 1])
            s.box((x, side * (d + 0.5), z), (1.2, 0.55, 0.08), wall)
            s.box((x, side * (d + 1.02), z + 0.5), (1.2, 0.02, 0.5), m, slats=(g.uniform(5, 10), 0.25, 2))
    if g.random() < 0.6:
        for side in (-1, 1):
            s.box((g.uniform(-0.5, 0.5) * w, side * (d + 0.03), 1.5), (g.uniform(0.6, 2.5), 0.05, 1.5), s.mat(g.choice([M.wood, M.picture, M.front])(g)))


def street(g: Random) -> tuple[Scene, Stage]:
    """A road along +x with verges, buildings, trees, poles, signs, cars and people."""
    s = Scene(g)
    daylight(s)
    half = g.uniform(2.8, 6)
    side = g.uniform(1.5, 7)
    s.box((40, 0, -0.5), (160, 120, 0.5), s.mat(g.choice([M.grass, M.grass, M.asphalt, M.stone])(g)), shadow=False)
    s.box((40, 0, 0.0), (160, half, 0.01), s.mat(M.asphalt(g)), shadow=False)
    walk = s.mat(g.choice([M.tiles, M.asphalt, M.stone])(g))
    mark = s.mat(M.material(g, M.CLOUDY, (0.75, 0.75, 0.72), scale=6, contrast=0.4, dirt=0.2))
    for y in (-1, 1):
        if g.random() < 0.8:
            s.box((40, y * (half + side * 0.4), 0.05), (160, side * 0.4, 0.07), walk, shadow=False)
        if g.random() < 0.4:
            s.box((40, y * (half - 0.3), 0.006), (160, 0.07, 0.01), mark, shadow=False)
    if g.random() < 0.7:
        gap = g.uniform(4, 9)
        for i in range(12):
            s.box((i * gap - 6, 0.0, 0.006), (g.uniform(1, 1.6), 0.07, 0.01), mark, shadow=False)
    density = g.uniform(0.3, 1.0)
    for y in (-1, 1):
        x = g.uniform(-25, -5)
        while x < 110 and len(s.prims) < 110:
            w = g.uniform(4, 12)
            if g.random() < density:
                with s.at(x + w, y * (half + side + g.uniform(4, 7) + g.choice([0, 0, 5, 15])), 0, g.gauss(0, 0.05)):
                    house(s, w, g.uniform(4, 7))
            x += 2 * w + g.choice([0.0, 1.0, g.uniform(3, 20)])
    crown = s.mat(M.foliage(g))
    rowed = g.random() < 0.5
    for i in range(g.randrange(2, 14)):
        y = g.choice([-1, 1]) * (half + side * (0.6 if rowed else g.uniform(0.2, 3.5)))
        with s.at(i * g.uniform(5, 9) - 4 if rowed else g.uniform(-5, 80), y, 0, g.uniform(0, 6.28)):
            tree(s, g.uniform(3, 9), crown if rowed or g.random() < 0.5 else None)
    for _ in range(g.randrange(1, 7)):
        lane = g.choice([-1, 1])
        with s.at(g.uniform(5, 60), lane * (half - g.choice([1.2, half * 0.45])), 0, 0 if lane < 0 else math.pi):
            car(s)
    metal = s.mat(M.metal(g))
    for i in range(g.randrange(2, 9)):
        x, y, h = g.uniform(0, 60), g.choice([-1, 1]) * (half + 0.5), g.uniform(2, 8)
        s.rod((x, y, h / 2), g.uniform(0.03, 0.1), h / 2, metal)
        if g.random() < 0.6:
            s.box((x, y, h - 0.3), (0.03, g.uniform(0.2, 0.6), g.uniform(0.2, 0.5)), s.mat(M.picture(g, 0.5)))
        elif h > 5:
            s.stick((x, y, h), (x, y * 0.75, h + 0.3), 0.05, metal)
    if g.random() < 0.5:
        y = g.choice([-1, 1]) * (half + side * g.uniform(0.3, 1.0))
        s.box((30, y, 0.5), (g.uniform(8, 40), 0.05, 0.5), s.mat(M.wood(g) if g.random() < 0.5 else M.metal(g)), slats=(g.uniform(1.5, 6), g.uniform(0.15, 0.7), 2))
    if g.random() < 0.5:
        s.blob((g.uniform(5, 40), g.choice([-1, 1]) * (half + side), 0.6), (g.uniform(1, 8), 0.8, 0.9), s.mat(M.foliage(g)), bumps=0.2, count=9)
    for _ in range(g.randrange(0, 3)):
        with s.at(g.uniform(4, 30), g.choice([-1, 1]) * (half + side * 0.4), 0.1, g.uniform(0, 6.28)):
            F.person(s)
    return s, Stage("street", (15, 0, 1.5), 3, 12, (-4, -half * 0.6, 1.2), (6, half * 0.6, 2.2))


def monument(g: Random) -> tuple[Scene, Stage]:
    """A richly structured front before a wall or in a square: fountain, altar, gate, statue, shop."""
    s = Scene(g)
    daylight(s)
    stone, wall = s.mat(M.stone(g)), s.mat(g.choice([M.brick, M.stone, M.stone, M.facade, M.plaster])(g))
    other = s.mat(M.stone(g) if g.random() < 0.5 else M.metal(g))
    s.box((0, 0, -0.5), (60, 60, 0.5), s.mat(g.choice([M.stone, M.asphalt, M.grass, M.tiles])(g)), shadow=False)
    if g.random() < 0.8:
        up = g.uniform(2, 7)
        s.box((g.uniform(-2, 2), 2.5, up), (g.uniform(5, 12), 1.5, up), wall)
    with s.at(g.uniform(9, 16) * g.choice([-1, 1]), g.uniform(-2, 8), 0, g.gauss(0, 0.3)):
        house(s)
    with s.at(g.uniform(-16, 16), g.uniform(12, 25), 0, g.gauss(0, 0.3)):
        house(s)
    w = g.uniform(0.8, 2.6)
    z = 0.0
    for k in range(g.randrange(3, 7)):  # storeys of a symmetric front
        h, wk, dk = g.uniform(0.2, 0.9), w * g.uniform(0.6, 1.1) * 0.88**k, g.uniform(0.3, 0.8)
        (s.box if g.random() < 0.6 else s.cushion)((0, 0.6, z + h), (wk, dk, h), stone)
        for _ in range(g.randrange(1, 4)):
            x, r, hh = g.uniform(0.1, 1) * wk, g.uniform(0.05, 0.25), h * g.uniform(0.3, 1)
            shape, m = g.randrange(4), g.choice([stone, stone, other])
            for side in (-1, 1):
                c = (side * x, 0.6 - dk, z + hh)
                if shape == 0:
                    s.rod(c, r, hh, m, taper=g.uniform(0.8, 1.0))
                elif shape == 1:
                    s.blob(c, (r, r, hh), m, bumps=0.15, count=5)
                elif shape == 2:
                    s.box(c, (r, r, hh), m, rot(0.785 * g.randrange(2)))
                else:
                    s.rod(c, r * 1.3, 0.12, m, rot(0, 0, math.pi / 2))
        s.box((0, 0.6, z + 2 * h), (wk * 1.06, dk * 1.1, 0.05), stone)
        z += 2 * h
    if g.random() < 0.6:
        with s.at(0, 0.4 - 0.5, z * 0.4, 0):
            sculpture(s, g.uniform(0.2, 0.5))
    if g.random() < 0.6:
        s.rod((0, -0.6, 0.3), w * g.uniform(0.6, 1), 0.3, stone, taper=0.95)
        s.rod((0, -0.6, 0.56), w * 0.5, 0.06, s.mat(M.material(g, M.PLAIN, (0.02, 0.03, 0.03), mirror=0.7)))
    for _ in range(g.randrange(0, 6)):
        with s.at(g.uniform(-8, 8), g.uniform(-3, 6), 0, g.uniform(0, 6.28)):
            g.choice([tree, F.plant, F.person, F.boxes, F.tripod])(s)
    for _ in range(g.randrange(0, 5)):  # bollards, bins, signs
        s.rod((g.uniform(-7, 7), g.uniform(-2, 1), 0.4), g.uniform(0.05, 0.3), 0.4, other)
    return s, Stage("facade", (0, 0, g.uniform(0.4, 0.6) * z), 0.4, g.uniform(3.5, 9), (-14, -14, 0.5), (14, 0.2 - 0.6 - 0.8, 3.5))


def drone(g: Random) -> tuple[Scene, Stage]:
    """Land from above: woods, lawns, paths, roads, houses, cars; 25-120 m below the camera."""
    s = Scene(g)
    daylight(s)
    s.env[16] = 1.5
    height = g.uniform(25, 110)
    canopy = g.uniform(4, 14) if g.random() < 0.5 else 0.0
    ground = s.mat(g.choice([M.grass, M.grass, M.stone, M.foliage])(g) if not canopy else (M.foliage(g, g.uniform(0.8, 2.5)) if g.random() < 0.7 else M.grass(g)))
    amp = g.choice([0.3, 1, 3, 8, 15])
    s.terrain((0, 0, 0), (260, 260, amp * 2.2 + canopy * 1.6 + 1), ground, amp, g.uniform(0.004, 0.03), canopy, g.uniform(3, 9))
    base = -amp * 0.3 if amp > 3 else 0.0
    for _ in range(g.randrange(0, 4)):  # roads and paths lie just over the ground
        yaw, w = g.uniform(0, 3.14), g.uniform(1, 5)
        s.box((g.uniform(-60, 60), g.uniform(-60, 60), amp * 0.5 - 0.5), (250, w, 0.55 + amp * 0.12), s.mat(M.asphalt(g)), rot(yaw), shadow=False)
    crowns = [s.mat(M.foliage(g, g.uniform(1, 3))) for _ in range(3)]
    for _ in range(g.randrange(5, 45)):
        x, y, r = g.uniform(-90, 90), g.uniform(-90, 90), g.uniform(1.2, 5)
        z = base + r * g.uniform(0.6, 1.3)
        if g.random() < 0.6:
            s.blob((x, y, z), (r, r * g.uniform(0.8, 1.2), r * g.uniform(0.7, 1.4)), g.choice(crowns), bumps=g.uniform(0.12, 0.35), count=g.uniform(4, 11))
        else:
            s.ball((x, y, z), (r, r, r * g.uniform(0.7, 1.4)), g.choice(crowns), leafy=(g.uniform(1.0, 3.0), g.uniform(0.4, 0.85)))
    for _ in range(g.choice([0, 1, 3, 6, 14])):
        with s.at(g.uniform(-80, 80), g.uniform(-80, 80), base, g.uniform(0, 3.14)):
            house(s)
    for _ in range(g.choice([0, 2, 6])):
        with s.at(g.uniform(-50, 50), g.uniform(-50, 50), base + 0.2, g.uniform(0, 6.28)):
            car(s)
    for _ in range(g.randrange(0, 12)):
        s.blob((g.uniform(-50, 50), g.uniform(-50, 50), base), (g.uniform(0.4, 2),) * 3, s.mat(M.stone(g)), bumps=0.2, count=4)
    return s, Stage("drone", (g.uniform(-40, 40), g.uniform(-40, 40), base), 15, height, (-150, -150, height * 0.5), (150, 150, height * 1.6))


def park(g: Random) -> tuple[Scene, Stage]:
    """At eye level among trees, benches, statues and people."""
    s = Scene(g)
    daylight(s)
    s.terrain((0, 0, 0), (80, 80, 4), s.mat(M.grass(g)), g.uniform(0.1, 1.2), g.uniform(0.02, 0.08))
    for _ in range(g.randrange(5, 16)):
        a, r = g.uniform(0, 6.28), g.uniform(3.5, 35)
        with s.at(r * math.cos(a), r * math.sin(a), -0.3, g.uniform(0, 6.28)):
            tree(s)
    with s.at(0, 0, 0.2, g.uniform(0, 6.28)):
        s.box((0, 0, 0.3), (0.4, 0.4, 0.5), s.mat(M.stone(g)))
        with s.at(0, 0, 0.8):
            sculpture(s, g.uniform(0.3, 0.7))
    for _ in range(g.randrange(2, 9)):
        a, r = g.uniform(0, 6.28), g.uniform(1.2, 8)
        with s.at(r * math.cos(a), r * math.sin(a), 0.15, g.uniform(0, 6.28)):
            g.choice([F.person, F.plant, F.boxes, F.table, F.chair, car, lambda q: q.blob((0, 0, 0.2), (g.uniform(0.3, 1.2),) * 3, q.mat(M.stone(g)), bumps=0.25, count=4)])(s)
    for _ in range(g.randrange(0, 3)):
        with s.at(g.uniform(-30, 30), g.uniform(15, 40), 0, g.uniform(0, 3.14)):
            house(s)
    return s, Stage(g.choice(["object", "facade"]), (0, 0, 1.2), 0.5, g.uniform(2.0, 6), (-15, -15, 0.9), (15, 15, 3.5))
