"""Things that stand in rooms and on tables, each built in its own frame: origin on the floor (or the table), front towards -y.

Every function takes the scene (positioned with `scene.at`) and returns the half size (x, y) and height it takes up.
"""

import math

from . import materials as M
from .scenes import Scene, rot


def table(s: Scene, w=None, d=None, h=None, things=True):
    g = s.rng
    w, d, h = w or g.uniform(0.35, 1.0), d or g.uniform(0.3, 0.5), h or g.uniform(0.42, 0.78)
    top, leg = s.mat(M.wood(g, boards=g.random() < 0.4) if g.random() < 0.75 else M.plastic(g)), s.mat(g.choice([M.wood, M.metal])(g))
    t = g.uniform(0.01, 0.025)
    if g.random() < 0.15:
        s.rod((0, 0, h - t), w * 0.75, t, top)
        s.rod((0, 0, h / 2), 0.04, h / 2, leg)
        s.rod((0, 0, 0.02), 0.25, 0.02, leg)
    else:
        s.box((0, 0, h - t), (w, d, t), top)
        r, thick = g.uniform(0.02, 0.05), g.random() < 0.6
        for x in (-1, 1):
            for y in (-1, 1):
                (s.box((x * (w - 2 * r), y * (d - 2 * r), h / 2), (r, r, h / 2), leg) if thick else s.rod((x * (w - 2 * r), y * (d - 2 * r), h / 2), r * 0.7, h / 2, leg))
        if g.random() < 0.4:
            s.box((0, 0, h - 0.07), (w - 2 * r, d - 2 * r, 0.04), top)
    if things:
        scatter(s, w * 0.9, d * 0.9, h, g.randrange(3, 10))
    return w, d, h


def scatter(s: Scene, w, d, h, count, big=0.16):
    """Small things lying on a surface of half size (w, d) at height h."""
    g = s.rng
    for _ in range(count):
        with s.at(g.uniform(-w, w), g.uniform(-d, d), h, g.uniform(0, 6.28)):
            small_thing(s, big)


def small_thing(s: Scene, big=0.16):
    g = s.rng
    pick = g.random()
    if pick < 0.2:  # papers and magazines
        for i in range(g.randrange(1, 4)):
            s.box((g.uniform(-0.06, 0.06), g.uniform(-0.06, 0.06), 0.002 + 0.004 * i), (0.105, 0.148, 0.002), s.mat(M.printed(g, 0.25)), rot(g.uniform(-0.6, 0.6)))
    elif pick < 0.33:  # mug, glass, tin
        r, h = g.uniform(0.03, 0.05), g.uniform(0.04, 0.07)
        m = s.mat(g.choice([M.plastic, M.plastic, M.metal])(g) if g.random() < 0.7 else M.picture(g, 0.1))
        s.rod((0, 0, h), r, h, m, taper=g.uniform(0.8, 1.2))
        if g.random() < 0.5:
            s.box((r * 1.15, 0, h), (0.018, 0.006, h * 0.6), m)
    elif pick < 0.45:  # bottle
        r, h = g.uniform(0.025, 0.05), g.uniform(0.07, 0.13)
        m = s.mat(M.plastic(g))
        s.rod((0, 0, h), r, h, m)
        s.rod((0, 0, 2 * h + 0.03), r, 0.03, m, taper=0.35)
        s.rod((0, 0, 2 * h + 0.08), r * 0.35, 0.025, s.mat(M.plastic(g)))
        s.rod((0, 0, h), r * 1.01, h * 0.5, s.mat(M.picture(g, 0.1)))
    elif pick < 0.65:  # box or stack of books
        z = 0.0
        for _ in range(g.choice([1, 1, 2, 4])):
            a, b, c = g.uniform(0.03, big), g.uniform(0.03, big), g.uniform(0.01, big * 0.6)
            s.box((0, 0, z + c), (a, b, c), s.mat(M.printed(g, a)), rot(g.uniform(-0.4, 0.4)))
            z += 2 * c
    elif pick < 0.75:  # bowl of fruit, ball, toy
        for _ in range(g.randrange(1, 4)):
            r = g.uniform(0.025, 0.08)
            s.blob((g.uniform(-0.08, 0.08), g.uniform(-0.08, 0.08), r), (r, r * g.uniform(0.7, 1.2), r * g.uniform(0.7, 1.2)), s.mat(M.anything(g, 0.1)), bumps=g.uniform(0, 0.15), count=g.uniform(3, 9))
    elif pick < 0.83:
        plant(s, g.uniform(0.12, 0.3))
    elif pick < 0.9:  # screen or picture frame
        w, h = g.uniform(0.06, 0.28), g.uniform(0.05, 0.2)
        frame = s.mat(M.plastic(g))
        s.box((0, 0, h + 0.05), (w, 0.012, h), frame)
        s.box((0, -0.0125, h + 0.05), (w * 0.93, 0.003, h * 0.92), s.mat(M.picture(g, w, glow=g.choice([0, 0, 1.0]))))
        s.box((0, 0.03, 0.03), (0.04, 0.04, 0.03), frame)
    elif pick < 0.95:  # lamp
        m = s.mat(M.metal(g))
        s.rod((0, 0, 0.01), 0.07, 0.01, m)
        s.stick((0, 0, 0), (g.uniform(-0.1, 0.1), 0, 0.32), 0.008, m)
        s.rod((0, 0, 0.36), 0.11, 0.08, s.mat(M.plastic(g)), taper=0.6)
    else:
        cable(s, 0.25)


def cable(s: Scene, size):
    g = s.rng
    m, a = s.mat(M.plastic(g)), (0.0, 0.0, 0.005)
    for _ in range(4):
        b = (a[0] + g.uniform(-size, size) * 0.5, a[1] + g.uniform(-size, size) * 0.5, 0.005)
        s.stick(a, b, 0.004, m)
        a = b


def chair(s: Scene):
    g = s.rng
    h, w, back = g.uniform(0.42, 0.48), g.uniform(0.19, 0.25), g.uniform(0.35, 0.5)
    m = s.mat(g.choice([M.wood, M.wood, M.plastic, M.metal])(g))
    seat = m if g.random() < 0.5 else s.mat(M.fabric(g))
    if g.random() < 0.25:  # office chair
        s.cushion((0, 0, h), (w, w, 0.05), seat)
        s.cushion((0, w, h + 0.35), (w, 0.05, 0.28), seat, rot(0, 0, -0.1))
        s.rod((0, 0, h / 2 + 0.05), 0.03, h / 2 - 0.05, m)
        for i in range(5):
            a = i * 1.2566
            s.stick((0, 0, 0.08), (0.3 * math.cos(a), 0.3 * math.sin(a), 0.05), 0.02, m)
        return 0.3, 0.3, h + 0.6
    s.box((0, 0, h), (w, w, 0.02), seat)
    r, lean = g.uniform(0.012, 0.025), g.uniform(0, 0.08)
    for x in (-1, 1):
        s.stick((x * (w - r), -w + r, 0), (x * (w - r), -w + r, h), r, m, square=True)
        s.stick((x * (w - r), w - r, 0), (x * (w - r), w - r + lean, h + back), r, m, square=True)
    style = g.random()
    if style < 0.35:
        s.box((0, w + lean * 0.7, h + back * 0.65), (w - r, r * 0.7, back * 0.3), m, slats=(g.uniform(9, 18), g.uniform(0.35, 0.7), 2))
    elif style < 0.7:
        for k in range(g.randrange(2, 4)):
            s.box((0, w + lean * 0.7, h + back * (0.95 - 0.27 * k)), (w - r, r * 0.7, back * 0.08), m)
    else:
        s.cushion((0, w + lean * 0.7, h + back * 0.6), (w, 0.03, back * 0.36), seat)
    return w, w, h + back


def shelf(s: Scene, w=None, h=None):
    g = s.rng
    w, h, d = w or g.uniform(0.3, 0.9), h or g.uniform(0.5, 2.1), g.uniform(0.13, 0.22)
    m = s.mat(g.choice([M.wood, M.wood, M.plastic])(g))
    rows = max(2, int(h / g.uniform(0.28, 0.45)))
    step = h / rows
    for x in (-1, 1):
        s.box((x * w, 0, h / 2), (0.012, d, h / 2), m)
    if g.random() < 0.7:
        s.box((0, d - 0.006, h / 2), (w, 0.006, h / 2), m)
    for i in range(rows + 1):
        s.box((0, 0, i * step + 0.01), (w, d, 0.011), m)
    for i in range(rows):
        z, x = i * step + 0.02, -w + 0.02
        fill = g.random()
        if fill < 0.6:  # rows of books, cut into pieces of different depth
            while x < w - 0.06:
                length = min(g.uniform(0.06, 0.5), w - 0.02 - x)
                bh = step * g.uniform(0.25, 0.44)
                if g.random() < 0.85:
                    s.box((x + length / 2, g.uniform(-0.04, 0.04), z + bh), (length / 2, d * g.uniform(0.6, 0.8), bh), s.mat(M.books(g, bh)))
                x += length + g.uniform(0, 0.1)
        elif fill < 0.9:
            for _ in range(g.randrange(1, 4)):
                with s.at(g.uniform(-w * 0.8, w * 0.8), 0, z, g.uniform(-0.5, 0.5)):
                    small_thing(s, min(0.13, step * 0.4))
    return w, d, h


def cabinet(s: Scene, w=None, h=None, top=True):
    g = s.rng
    w, h, d = w or g.uniform(0.3, 1.3), h or g.choice([0.85, 0.9, g.uniform(0.4, 2.0)]), g.uniform(0.22, 0.33)
    parts = max(1, round(2 * w / g.uniform(0.35, 0.6)))
    s.box((0, 0, h / 2), (w, d, h / 2), s.mat(M.front(g, 2 * w / parts, h / g.choice([1, 1, 2, 3]))))
    if top and h < 1.2:
        s.box((0, 0, h + 0.015), (w + 0.01, d + 0.015, 0.018), s.mat(g.choice([M.wood, M.stone, M.plastic])(g)))
        scatter(s, w * 0.9, d * 0.6, h + 0.033, g.randrange(1, 7), 0.18)
    return w, d, h


def sofa(s: Scene):
    g = s.rng
    w, m = g.uniform(0.4, 1.1), s.mat(M.fabric(g))
    s.cushion((0, 0, 0.22), (w, 0.42, 0.2), m, rounding=0.25)
    s.cushion((0, 0.34, 0.55), (w, 0.12, 0.3), m, rounding=0.5)
    for x in (-1, 1):
        s.cushion((x * w, 0, 0.36), (0.1, 0.42, 0.26), m, rounding=0.5)
    for _ in range(g.randrange(0, 4)):
        s.cushion((g.uniform(-w, w) * 0.8, 0.12, 0.58), (0.2, 0.07, 0.18), s.mat(M.fabric(g)), rot(g.uniform(-0.5, 0.5), 0, -0.4), 0.8)
    return w + 0.1, 0.45, 0.85


def bed(s: Scene):
    g = s.rng
    w, h = g.uniform(0.45, 0.9), g.uniform(0.2, 0.3)
    s.box((0, 0, h / 2 + 0.05), (w, 1.0, h / 2), s.mat(M.wood(g)))
    s.cushion((0, 0, h + 0.15), (w, 0.98, 0.13), s.mat(M.fabric(g)), rounding=0.4)
    s.blob((0, -0.2, h + 0.25), (w * 0.95, 0.75, 0.07), s.mat(M.fabric(g)), bumps=0.3, count=6)
    for x in (-0.4, 0.4):
        s.cushion((x * w, 0.75, h + 0.33), (0.3 * w + 0.1, 0.18, 0.09), s.mat(M.fabric(g)), rot(0, 0, 0.3), 0.8)
    s.box((0, 1.02, 0.5), (w, 0.03, 0.5), s.mat(M.wood(g)))
    return w, 1.05, 1.0


def plant(s: Scene, h=None):
    g = s.rng
    h = h or g.uniform(0.4, 1.6)
    r = h * g.uniform(0.12, 0.2)
    s.rod((0, 0, h * 0.12), r * 0.8, h * 0.12, s.mat(g.choice([M.plastic, M.stone, M.wood])(g)), taper=1.25)
    leaf = s.mat(M.foliage(g, 14 / h))
    for _ in range(g.randrange(2, 6)):
        x, y, z = g.gauss(0, r), g.gauss(0, r), g.uniform(0.45, 0.85) * h
        s.ball((x, y, z), (h * g.uniform(0.12, 0.3), h * g.uniform(0.12, 0.3), h * g.uniform(0.1, 0.22)), leaf, rot(g.uniform(0, 3), g.uniform(-0.6, 0.6)), leafy=(g.uniform(14, 30) / h, g.uniform(0.35, 0.7)))
        s.stick((0, 0, h * 0.2), (x, y, z), h * 0.012, leaf)
    return 2 * r, 2 * r, h


def person(s: Scene):
    """A standing figure from rounded parts."""
    g = s.rng
    skin = s.mat(M.material(g, M.PLAIN, M.colour(g, (0.02, 0.1), (0.25, 0.6), (0.3, 0.95)), spec=0.05))
    shirt, trousers, h = s.mat(M.fabric(g)), s.mat(M.fabric(g)), g.uniform(1.5, 1.9)
    if g.random() < 0.25:
        shirt = skin
    for x in (-1, 1):
        foot = (x * g.uniform(0.08, 0.2), g.uniform(-0.2, 0.2), 0.05)
        knee = (x * 0.12, (foot[1] + 0.0) / 2 - 0.05, h * 0.28)
        s.stick(foot, knee, 0.05, trousers if g.random() < 0.7 else skin)
        s.stick(knee, (x * 0.09, 0, h * 0.5), 0.075, trousers)
        elbow = (x * g.uniform(0.25, 0.42), g.uniform(-0.25, 0.15), h * g.uniform(0.55, 0.85))
        s.stick((x * 0.19, 0, h * 0.8), elbow, 0.045, shirt)
        s.stick(elbow, (x * g.uniform(0.1, 0.5), elbow[1] - g.uniform(0, 0.3), elbow[2] + g.uniform(-0.25, 0.25)), 0.035, skin)
    s.cushion((0, 0, h * 0.66), (0.19, 0.11, h * 0.18), shirt, rounding=0.8)
    s.ball((0, 0, h * 0.93), (0.08, 0.1, 0.12), skin)
    s.ball((0, 0.02, h * 0.95), (0.085, 0.1, 0.11), s.mat(M.plastic(g, M.colour(g, (0, 0.15), (0, 0.6), (0.03, 0.6)))))
    return 0.35, 0.3, h


def boxes(s: Scene):
    g = s.rng
    z = 0.0
    for _ in range(g.randrange(1, 5)):
        a, b, c = g.uniform(0.1, 0.35), g.uniform(0.1, 0.35), g.uniform(0.05, 0.25)
        s.box((g.uniform(-0.04, 0.04), g.uniform(-0.04, 0.04), z + c), (a, b, c), s.mat(M.anything(g, a)), rot(g.uniform(-0.5, 0.5)))
        z += 2 * c
    return 0.35, 0.35, z


def appliance(s: Scene):
    g = s.rng
    w, d, h = g.uniform(0.2, 0.4), g.uniform(0.2, 0.4), g.uniform(0.4, 1.9)
    s.cushion((0, 0, h / 2), (w, d, h / 2), s.mat(M.plastic(g)), rounding=0.1)
    s.box((w * 0.7, -d - 0.02, h * 0.6), (0.012, 0.02, h * 0.15), s.mat(M.metal(g)))
    if g.random() < 0.6:
        s.box((-0.1 * w, -d - 0.001, h * 0.75), (w * 0.4, 0.004, h * 0.12), s.mat(M.picture(g, w, glow=g.choice([0.0, 0.6]))))
    return w, d, h


def lamp_stand(s: Scene):
    g = s.rng
    h, m = g.uniform(1.2, 1.8), s.mat(M.metal(g))
    s.rod((0, 0, 0.015), 0.14, 0.015, m)
    s.rod((0, 0, h / 2), 0.012, h / 2, m)
    s.rod((0, 0, h), 0.2, 0.13, s.mat(M.material(g, M.PLAIN, M.colour(g, (0.06, 0.15), (0, 0.4), (0.7, 1)), glow=g.choice([0, 1.0, 2.0]))), taper=0.65)
    return 0.2, 0.2, h + 0.13


def tripod(s: Scene):
    """Thin legs: stands, easels, music stands."""
    g = s.rng
    m, h = s.mat(g.choice([M.metal, M.plastic, M.wood])(g)), g.uniform(0.8, 1.7)
    for i in range(3):
        a = i * 2.094 + 0.3
        s.stick((0.4 * math.cos(a), 0.4 * math.sin(a), 0), (0, 0, h), 0.013, m)
    with s.at(0, 0, h, g.uniform(0, 6.28)):
        small_thing(s, 0.2)
    return 0.35, 0.35, h + 0.2


AGAINST_WALL = [shelf, shelf, cabinet, cabinet, cabinet, sofa, bed, appliance, plant, boxes, table, lamp_stand]
FREE = [table, table, chair, chair, sofa, boxes, plant, tripod, person, lamp_stand, table]
