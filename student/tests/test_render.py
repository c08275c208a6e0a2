"""Laws of the renderer and the generator: geometry that must hold whatever a scene looks like."""

from random import Random

import numpy as np
import pytest
import torch

from lite3r_student import cameras, data, losses
from lite3r_student.render import render_cpu, render_gpu

KINDS = sorted(data.KINDS)


def window(kind, views=2, height=48, width=64, name="test"):
    return data.make_plan(f"{name}-{kind}", 1, views, height, width, kind)


@pytest.mark.parametrize("kind", KINDS)
def test_a_point_seen_in_two_views_has_the_same_place(kind):
    """View 0's surface points, carried into view 1, lie at view 1's depth or behind something nearer: never in front of it."""
    height, width = 96, 128
    w = data.expose(window(kind, 2, height, width), height, width)
    t = losses.truth_of(w)
    z0, z1 = t.depth[0]
    p = t.rays[0, 0] * z0[..., None]  # the submap is view 0's frame
    q = (p - t.trans[0, 1]) @ t.rotation[0, 1]
    f, c = w.lens[0, 1, :2], w.lens[0, 1, 2:4]
    x = q[..., :2] / q[..., 2:].clamp(min=1e-6)
    for _ in range(8):  # invert the mild lens
        x = q[..., :2] / q[..., 2:].clamp(min=1e-6) / (1 + w.lens[0, 1, 4] * x.square().sum(-1, keepdim=True))
    u = x * f + c
    col, row = u[..., 0].floor().long(), u[..., 1].floor().long()
    ok = (z0 > 0) & (q[..., 2] > 1e-3) & (col >= 1) & (col < width - 1) & (row >= 1) & (row < height - 1)
    assert ok.float().mean() > 0.1, "the two views see nothing in common"
    col, row, q = col[ok], row[ok], q[ok]
    around = torch.stack([z1[row + i, col + j] for i in (-1, 0, 1) for j in (-1, 0, 1)])
    nearest, farthest = around.min(0).values, around.max(0).values
    in_front = (q[:, 2] < nearest * 0.97) & (nearest > 0)
    agrees = (q[:, 2] > nearest * 0.98) & (q[:, 2] < farthest * 1.02)
    assert in_front.float().mean() < 0.03  # leaves with holes and thin bars are missed by a pixel grid
    assert agrees.float().mean() > 0.5


def test_depth_is_z_not_distance():
    """Looking straight at a wall, every pixel has the same z-depth."""
    from lite3r_student import materials
    from lite3r_student.scenes import Scene

    s = Scene(Random(1))
    s.box((0, 5, 0), (50, 0.5, 50), s.mat(materials.plaster(s.rng)))
    tables = {k: v[None] for k, v in s.tables().items()}
    cams = np.array([[cameras.camera_row((cameras.look(np.zeros(3), (0, 1, 0)), np.zeros(3)), [40.0, 40.0, 32.0, 24.0, 0.0])]], np.float32)
    _, depth = render_cpu({**tables, "cams": cams}, 48, 64, colour=False)
    np.testing.assert_allclose(depth, 4.5, rtol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_same_name_same_scene_and_sound_numbers(kind):
    a, b = window(kind), window(kind)
    for key in a:
        assert torch.equal(a[key], b[key]), key
        assert torch.isfinite(a[key].float()).all(), key
    r = a["cams"][..., :9].unflatten(-1, (3, 3))
    torch.testing.assert_close(r @ r.transpose(-1, -2), torch.eye(3).expand_as(r), atol=1e-5, rtol=0)
    w = data.expose(a, 48, 64)
    assert torch.isfinite(w.images).all() and w.images.min() >= 0 and w.images.max() <= 1


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs an NVIDIA GPU and nvcc")
@pytest.mark.parametrize("kind", KINDS)
def test_gpu_renders_what_the_cpu_renders(kind):
    plan = window(kind, 2, 96, 128)
    tables = {k: plan[k] for k in ("prims", "mats", "lights", "env", "counts", "cams")}
    rgb, depth = render_cpu({k: v.numpy() for k, v in tables.items()}, 96, 128)
    rgb2, depth2 = (t.cpu().numpy() for t in render_gpu({k: v.cuda().contiguous() for k, v in tables.items()}, 96, 128))
    assert (np.abs(depth - depth2) > 1e-3 * np.maximum(depth, 1e-3)).mean() < 1e-3
    assert (np.abs(rgb - rgb2) > 0.02).mean() < 2e-3


def faced_mirrors(turns=64):
    """A shiny wall, met head-on by as many cameras turned differently: rounding lets -dot(normal, ray) exceed 1 for some pixels."""
    from lite3r_student import materials
    from lite3r_student.scenes import Scene

    s, g = Scene(Random(1)), Random(2)
    shiny = materials.plaster(s.rng)
    shiny[23] = 0.8  # see render.cpp: mirror
    for _ in range(turns):
        s.ball((g.uniform(-9, 9), 10, g.uniform(-9, 9)), (1.0, 1.0, 1.0), s.mat(shiny))
    tables = {k: v[None] for k, v in s.tables().items()}
    eyes = [np.array([g.uniform(-8, 8), g.uniform(0, 4), g.uniform(-8, 8)]) for _ in range(turns)]
    rows = [cameras.camera_row((cameras.look(e, e + (0.0, 1.0, 0.0)), e), [90.0, 90.0, 64.0, 64.0, 0.0]) for e in eyes]
    return {**tables, "cams": np.array([rows], np.float32)}


@pytest.mark.parametrize("where", ["cpu", pytest.param("gpu", marks=[pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="needs an NVIDIA GPU and nvcc")])])
def test_mirrors_faced_head_on_have_a_colour(where):
    """One NaN in a picture spoils a whole step of a training; before `facing` was bounded, one step in a hundred was."""
    tables = faced_mirrors(64 if where == "gpu" else 8)
    if where == "gpu":
        rgb, depth = (t.cpu().numpy() for t in render_gpu({k: torch.from_numpy(v).cuda().contiguous() for k, v in tables.items()}, 128, 128))
    else:
        rgb, depth = render_cpu(tables, 128, 128)
    assert np.isfinite(rgb).all() and np.isfinite(depth).all() and (depth > 0).mean() > 0.05
