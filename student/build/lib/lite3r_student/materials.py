"""Colours and materials of everyday surfaces, in linear light.

Most real surfaces are muted: saturations are drawn low and lightness is spread evenly in *perceived* (gamma) space, so that the
histogram of a rendered room resembles that of a photograph. Layout of a material: see the top of render.cpp.
"""

import colorsys
import math
from random import Random

PLAIN, CLOUDY, WOOD, BRICK, PICTURE, FACADE, PAGE, WOVEN, CELLS, LEAVES, BOOKS, ORNAMENT, SPECKLE, STREAKS, FRONT, LAWN = range(16)

Colour = tuple[float, float, float]


def colour(rng: Random, hue=(0.0, 1.0), sat=(0.0, 0.5), value=(0.1, 0.9)) -> Colour:
    """Uniform in hue, saturation and perceived value; returned in linear light."""
    r, g, b = colorsys.hsv_to_rgb(rng.uniform(*hue) % 1.0, rng.uniform(*sat), rng.uniform(*value))
    return r**2.2, g**2.2, b**2.2


def any_colour(rng: Random) -> Colour:
    """What things are painted in: often grey or brownish, sometimes vivid."""
    pick = rng.random()
    if pick < 0.33:
        return colour(rng, sat=(0, 0.08), value=(0.05, 0.97))
    if pick < 0.6:
        return colour(rng, (0.02, 0.14), (0.15, 0.6), (0.15, 0.9))
    if pick < 0.86:
        return colour(rng, sat=(0.1, 0.5), value=(0.15, 0.9))
    return colour(rng, sat=(0.6, 1.0), value=(0.25, 0.95))


def shift(rng: Random, c: Colour, amount=0.3) -> Colour:
    """A neighbour of a colour: other lightness, slightly other hue."""
    k = math.exp(rng.gauss(0, amount))
    return tuple(min(max(x * k * math.exp(rng.gauss(0, amount * 0.3)), 0.003), 0.95) for x in c)


def material(rng: Random, kind: int, a: Colour, b: Colour | None = None, c: Colour | None = None, *, scale=1.0, contrast=0.5, spec=0.0, shine=20.0,
             bump=0.0, glow=0.0, dirt=0.06, persist=0.6, aniso=1.0, p=(0.0, 0.0, 0.0), jitter=0.3, mirror=0.0, grain=0.0) -> list[float]:
    b, c = b or shift(rng, a), c or shift(rng, a, 0.6)
    out = [float(kind), scale, *a, *b, *c, contrast, spec, shine, bump, glow, dirt, persist, aniso, *p, jitter, mirror, grain, float(rng.randrange(4000))]
    return out + [0.0] * (32 - len(out))


def plaster(rng, base=None):
    base = base or (colour(rng, (0.05, 0.17), (0.0, 0.18), (0.55, 0.97)) if rng.random() < 0.75 else colour(rng, sat=(0.05, 0.5), value=(0.3, 0.9)))
    blank = rng.random() < 0.6
    return material(rng, CLOUDY, base, shift(rng, base, 0.04 if blank else 0.15), scale=rng.uniform(0.5, 6), contrast=0.2 if blank else rng.uniform(0.2, 0.6),
                    bump=0.0 if blank else rng.uniform(0, 0.25), dirt=rng.uniform(0.01, 0.12), spec=rng.choice([0, 0, 0.03]), grain=rng.choice([0, 0.02, 0.05]))


def wood(rng, boards=False, dark=None):
    value = rng.uniform(0.2, 0.9) if dark is None else (rng.uniform(0.15, 0.4) if dark else rng.uniform(0.5, 0.9))
    a = colour(rng, (0.04, 0.11), (0.3, 0.65), (value, value))
    gloss = rng.random() < 0.5
    return material(rng, WOOD, a, shift(rng, a, 0.35), shift(rng, a, 0.2) if not boards else (a[0] * 0.2, a[1] * 0.2, a[2] * 0.2), scale=rng.uniform(15, 60), contrast=rng.uniform(0.3, 1.1),
                    spec=rng.uniform(0.02, 0.25) if gloss else 0.02, shine=rng.uniform(15, 80), mirror=rng.uniform(0, 0.25) if gloss else 0,
                    p=(rng.uniform(0.06, 0.2) if boards else 0.0, 0.003, 0), jitter=rng.uniform(0.1, 0.6), dirt=0.05, grain=rng.uniform(0, 0.06))


def fabric(rng):
    a = any_colour(rng)
    kind = rng.choice([WOVEN, CLOUDY, CLOUDY, SPECKLE, ORNAMENT])
    return material(rng, kind, a, shift(rng, a, 0.5), any_colour(rng), scale=rng.uniform(3, 14) if kind in (WOVEN, ORNAMENT) else rng.uniform(15, 120), contrast=rng.uniform(0.2, 0.8),
                    bump=rng.uniform(0, 0.5), aniso=rng.choice([0.0, 1.0]) if kind == WOVEN else 1.0, dirt=0.1, grain=rng.uniform(0, 0.15))


def plastic(rng, c=None):
    a = c or any_colour(rng)
    return material(rng, PLAIN, a, spec=rng.uniform(0.05, 0.5), shine=rng.uniform(10, 120), mirror=rng.uniform(0, 0.2), dirt=rng.uniform(0.01, 0.1))


def metal(rng):
    a = colour(rng, (0.05, 0.65), (0, 0.15), (0.3, 0.8))
    return material(rng, rng.choice([PLAIN, STREAKS]), a, shift(rng, a, 0.2), scale=rng.uniform(30, 120), contrast=0.3, spec=rng.uniform(0.3, 1.0), shine=rng.uniform(20, 150),
                    mirror=rng.uniform(0.2, 0.8), dirt=0.05)


def paper(rng):
    a = colour(rng, (0.08, 0.16), (0, 0.12), (0.8, 0.99)) if rng.random() < 0.7 else any_colour(rng)
    ink = colour(rng, sat=(0, 0.3), value=(0.03, 0.3)) if sum(a) > 0.9 else colour(rng, sat=(0, 0.2), value=(0.8, 1))
    return material(rng, PAGE, a, ink, any_colour(rng), scale=rng.uniform(40, 160), contrast=rng.uniform(0.5, 1), dirt=0.03, spec=rng.choice([0, 0.1]))


def picture(rng, size=0.5, glow=0.0):
    """A poster, painting, box print or screen: `size` is the extent of the thing it goes on."""
    return material(rng, PICTURE, any_colour(rng), any_colour(rng), any_colour(rng), scale=rng.uniform(1.5, 6) / size, contrast=rng.uniform(0.2, 0.9), glow=glow,
                    spec=rng.choice([0, 0.05, 0.3]), shine=60, mirror=rng.choice([0, 0, 0.15]), dirt=0.04)


def printed(rng, size=0.2):
    """Packages, magazines, labels."""
    return rng.choice([paper, lambda r: picture(r, size), lambda r: picture(r, size), plastic])(rng)


def brick(rng):
    a = colour(rng, (0.0, 0.1), (0.1, 0.65), (0.25, 0.8))
    return material(rng, BRICK, a, shift(rng, a, 0.5), colour(rng, (0.05, 0.15), (0, 0.2), (0.3, 0.85)), scale=rng.uniform(8, 40), contrast=rng.uniform(0.2, 0.7), aniso=0.5,
                    p=(w := rng.uniform(0.18, 0.5), w * rng.uniform(0.3, 0.6), rng.uniform(0.004, 0.015)), jitter=rng.uniform(0.2, 1.2), bump=rng.uniform(0, 0.5), dirt=rng.uniform(0.05, 0.3), grain=0.1)


def tiles(rng, size=None):
    a = colour(rng, sat=(0, 0.2), value=(0.4, 0.97)) if rng.random() < 0.6 else any_colour(rng)
    w = size or rng.choice([0.05, 0.1, 0.15, 0.2, 0.3, 0.45])
    return material(rng, BRICK, a, shift(rng, a, 0.2), shift(rng, a, 0.8), scale=rng.uniform(5, 20), contrast=rng.uniform(0, 0.4), aniso=rng.choice([0, 0, 0.5]),
                    p=(w, w * rng.choice([1, 1, 0.5]), rng.uniform(0.0015, 0.006)), jitter=rng.uniform(0, 0.5), spec=rng.uniform(0.05, 0.5), shine=80, mirror=rng.uniform(0, 0.35), dirt=0.06)


def stone(rng):
    a = colour(rng, (0.0, 0.14), (0.02, 0.45), (0.3, 0.8))
    kind = rng.choice([CLOUDY, CLOUDY, CELLS, BRICK, SPECKLE])
    s = rng.uniform(0.2, 0.9)
    return material(rng, kind, a, shift(rng, a, 0.5), shift(rng, a, 0.9), scale=rng.uniform(2, 8) if kind == CELLS else rng.uniform(3, 25), contrast=rng.uniform(0.4, 1.0), persist=rng.uniform(0.55, 0.85),
                    bump=rng.uniform(0.1, 0.9), p=(s, s * rng.uniform(0.35, 0.7), rng.uniform(0.006, 0.02)) if kind != CELLS else (0, 0, 0.05), aniso=0.5 if kind == BRICK else 1.0,
                    jitter=rng.uniform(0.3, 1), dirt=rng.uniform(0.1, 0.4), grain=0.1)


def carpet(rng):
    a = any_colour(rng)
    pick = rng.random()
    if pick < 0.35:
        return material(rng, STREAKS, a, shift(rng, a, 0.8), any_colour(rng), scale=rng.uniform(40, 160), contrast=rng.uniform(0.5, 1.4), dirt=0.1, grain=0.1)
    if pick < 0.7:
        return material(rng, CLOUDY, a, shift(rng, a, 0.3), scale=rng.uniform(20, 150), contrast=rng.uniform(0.3, 1.0), persist=0.8, dirt=0.12, grain=0.15)
    return material(rng, ORNAMENT, a, any_colour(rng), any_colour(rng), scale=rng.uniform(1, 5), contrast=0.6, dirt=0.1, grain=0.1)


def wallpaper(rng):
    a = colour(rng, (0.0, 0.2), (0.0, 0.3), (0.6, 0.97)) if rng.random() < 0.7 else any_colour(rng)
    kind = rng.choice([ORNAMENT, ORNAMENT, WOVEN])
    return material(rng, kind, a, any_colour(rng), any_colour(rng), scale=rng.uniform(2, 9), contrast=rng.uniform(0.1, 0.6), aniso=rng.choice([0.0, 1.0]), dirt=0.05)


def front(rng, w=0.5, h=0.6):
    a = any_colour(rng)
    return material(rng, FRONT, a, shift(rng, a, 0.25), colour(rng, sat=(0, 0.1), value=(0.2, 0.9)), scale=rng.uniform(15, 50), contrast=rng.choice([0.0, 0.1, 0.7]), p=(w, h, rng.uniform(0.002, 0.006)),
                    spec=rng.uniform(0.02, 0.4), shine=50, mirror=rng.choice([0, 0.1, 0.3]), dirt=0.04)


def books(rng, height=0.25):
    return material(rng, BOOKS, any_colour(rng), any_colour(rng), p=(rng.uniform(0.03, 0.09), height, 0), dirt=0.05)


def foliage(rng, scale=None):
    a = colour(rng, (0.18, 0.36), (0.3, 0.8), (0.25, 0.65))
    return material(rng, LEAVES, a, shift(rng, a, 0.5), colour(rng, (0.12, 0.3), (0.3, 0.7), (0.1, 0.6)), scale=scale or rng.uniform(2, 9), contrast=rng.uniform(0.6, 1.3), bump=rng.uniform(0.3, 1.2), dirt=0.25)


def bark(rng):
    a = colour(rng, (0.04, 0.12), (0.1, 0.4), (0.15, 0.5))
    return material(rng, STREAKS, a, shift(rng, a, 0.7), scale=rng.uniform(10, 40), contrast=1.0, bump=0.6, dirt=0.3)


def grass(rng):
    a = colour(rng, (0.15, 0.33), (0.25, 0.7), (0.3, 0.65))
    return material(rng, LAWN, a, shift(rng, a, 0.4), colour(rng, (0.06, 0.14), (0.15, 0.5), (0.25, 0.65)), scale=rng.uniform(2, 10), contrast=rng.uniform(0.3, 1.0), persist=0.8, jitter=rng.choice([0, 0.6, 1]),
                    p=(0, 0, rng.choice([0, 0, 1])), dirt=0.25, bump=0.3)


def asphalt(rng):
    a = colour(rng, (0.05, 0.65), (0, 0.08), (0.3, 0.6))
    return material(rng, CLOUDY, a, shift(rng, a, 0.15), scale=rng.uniform(10, 60), contrast=rng.uniform(0.2, 0.6), persist=0.85, dirt=rng.uniform(0.1, 0.3), grain=0.15)


def facade(rng, w=None, h=None):
    a = colour(rng, (0.02, 0.16), (0.0, 0.4), (0.4, 0.95)) if rng.random() < 0.75 else colour(rng, sat=(0.1, 0.4), value=(0.4, 0.9))
    return material(rng, FACADE, a, shift(rng, a, 0.2), colour(rng, sat=(0, 0.2), value=(0.2, 1)), scale=rng.uniform(0.3, 4), contrast=rng.uniform(0.1, 0.5), p=(w or rng.uniform(1.6, 4), h or rng.uniform(2.4, 3.6), rng.uniform(0.3, 0.75)),
                    aniso=rng.uniform(0.6, 1.8), mirror=rng.uniform(0.1, 0.6), dirt=rng.uniform(0.05, 0.25), grain=0.05)


def anything(rng, size=0.3):
    return rng.choice([plastic, wood, fabric, metal, stone, lambda r: printed(r, size), lambda r: printed(r, size), tiles, plaster])(rng)
