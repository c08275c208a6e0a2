"""Training windows: which scenes, how many views, at what size; made by worker processes, rendered where the model trains.

Everything of step t follows from (seed, rank, t) alone, whatever the number of workers, so that a resumed run sees what the first
would have seen. A worker makes a *plan* (tables, cameras, sensor settings: a few MB of floats); `expose` turns it into pictures.
"""

from dataclasses import dataclass
from random import Random

import numpy as np
import torch
from torch import Tensor

from . import cameras, outdoors, rooms, sensor
from .render import render_cpu, render_gpu

KINDS = {"room": rooms.room, "plain": rooms.plain, "hall": rooms.hall, "tabletop": rooms.tabletop, "mounted": rooms.mounted,
         "street": outdoors.street, "monument": outdoors.monument, "drone": outdoors.drone, "park": outdoors.park}
MIX = {"room": 26, "plain": 16, "hall": 8, "tabletop": 10, "mounted": 7, "street": 5, "monument": 10, "drone": 11, "park": 7}
WIDE_MIX = {"room": 8, "plain": 6, "hall": 4, "street": 58, "monument": 8, "drone": 6, "park": 10}

BUCKETS = {(192, 256): 40, (256, 192): 8, (160, 288): 16, (288, 160): 12, (112, 368): 14, (192, 192): 10}
SMALL_BUCKETS = {(96, 128): 60, (128, 96): 20, (64, 176): 20}
VIEWS = {2: 8, 3: 8, 4: 20, 6: 16, 8: 22, 12: 8, 16: 18}  # half of the steps at 8 and more: windows as long as they are served
SMALL_VIEWS = {2: 40, 3: 20, 4: 40}


@dataclass(frozen=True)
class Stage:
    """One part of the curriculum. pictures: per step and process, a multiple of 48; reuse: windows shown per scene made."""

    steps: int
    pictures: int
    reuse: int
    buckets: dict
    views: dict


CURRICULUM = (Stage(600, 1536, 3, SMALL_BUCKETS, SMALL_VIEWS), Stage(10**9, 384, 1, BUCKETS, VIEWS))


def shape_of(step: int, seed: int, curriculum=CURRICULUM) -> tuple[Stage, int, int, int]:
    """(stage, views, height, width) of a step: the same for all processes, so that they take equally long."""
    for stage in curriculum:
        if step < stage.steps:
            break
        step -= stage.steps
    g = Random(f"shape-{seed}-{stage.steps}-{step}")
    height, width = g.choices(list(stage.buckets), list(stage.buckets.values()))[0]
    return stage, g.choices(list(stage.views), list(stage.views.values()))[0], height, width


def make_window(name: str, views: int, height: int, width: int, kind: str | None = None) -> tuple[dict, str]:
    """One scene and its cameras; everything follows from `name`."""
    g = Random(name)
    mix = WIDE_MIX if width > 2.5 * height else MIX
    kind = kind or g.choices(list(mix), list(mix.values()))[0]
    scene, stage = KINDS[kind](g)
    tables = scene.tables()
    tables["cams"] = cameras.window(g, tables, stage, views, height, width)
    return tables, kind


def make_plan(name: str, windows: int, views: int, height: int, width: int, kind: str | None = None, strength: float = 1.0) -> dict[str, Tensor]:
    """A batch of scenes as tensors on the CPU: prims, mats, lights, env, counts, cams and sensor settings."""
    made = [make_window(f"{name}-{i}", views, height, width, kind)[0] for i in range(windows)]
    plan = {k: torch.from_numpy(np.stack([m[k] for m in made])) for k in made[0]}
    plan["settings"] = sensor.settings(windows, views, torch.Generator().manual_seed(Random(name).randrange(2**40)), strength, grey=0.45 if width > 2.5 * height else 0.12)
    return plan


class Plans(torch.utils.data.Dataset):
    """Map-style: item t is the plan of step t."""

    def __init__(self, seed: int, rank: int, curriculum=CURRICULUM):
        self.seed, self.rank, self.curriculum = seed, rank, curriculum

    def __len__(self):
        return 10**9

    def __getitem__(self, step: int) -> dict[str, Tensor]:
        stage, views, height, width = shape_of(step, self.seed, self.curriculum)
        windows = -(-(stage.pictures // views) // stage.reuse)
        plan = make_plan(f"train-{self.seed}-{self.rank}-{step}", windows, views, height, width)
        plan["shape"] = torch.tensor([stage.pictures // views, views, height, width])
        return plan


def loader(seed: int, rank: int, start: int, workers: int, curriculum=CURRICULUM):
    """An iterator over the plans of steps start, start + 1, ..."""
    def init(_):
        torch.set_num_threads(1)

    return iter(torch.utils.data.DataLoader(Plans(seed, rank, curriculum), batch_size=None, sampler=range(start, 10**9), num_workers=workers, worker_init_fn=init if workers else None,
                                            prefetch_factor=3 if workers else None, pin_memory=torch.cuda.is_available()))


def respin(plan: dict[str, Tensor], windows: int, g: torch.Generator) -> dict[str, Tensor]:
    """Repeats scenes with other patterns, exchanged colours and another order of views: cheap variety for small pictures."""
    have = plan["cams"].shape[0]
    if have == windows:
        return plan
    idx = torch.arange(windows) % have
    out = {k: v[idx.to(v.device)] for k, v in plan.items() if k != "shape"}
    n, views = windows, out["cams"].shape[1]
    out["mats"][:, :, 25] += torch.randint(0, 3000, (n, 1), generator=g).to(out["mats"])
    perm = torch.rand(n, 3, generator=g).argsort(1).to(out["mats"].device)
    perm[:have] = torch.arange(3, device=perm.device)
    for at in (2, 5, 8):
        out["mats"][:, :, at : at + 3] = torch.gather(out["mats"][:, :, at : at + 3], 2, perm[:, None, :].expand(-1, out["mats"].shape[1], -1))
    order = torch.rand(n, views, generator=g).argsort(1).to(out["cams"].device)
    out["cams"] = torch.gather(out["cams"], 1, order[:, :, None].expand(-1, -1, out["cams"].shape[2]))
    return out


@dataclass
class Window:
    """A batch as the model and the losses want it. Geometry in scene units, world_from_camera poses."""

    images: Tensor  # (B, S, 3, H, W)
    depth: Tensor  # (B, S, H, W), 0 = nothing there
    rotation: Tensor  # (B, S, 3, 3)
    centre: Tensor  # (B, S, 3)
    lens: Tensor  # (B, S, 5): fx, fy, cx, cy in pixels, k1 (see render.cpp: k1 acts on the ray)

    @property
    def focal(self) -> Tensor:
        """(B, S, 2): fx / W, fy / H."""
        return self.lens[..., :2] / self.lens.new_tensor([self.depth.shape[3], self.depth.shape[2]])

    def poses(self) -> Tensor:
        """(B, S, 4, 4) world_from_camera."""
        out = torch.zeros(*self.centre.shape[:2], 4, 4, device=self.centre.device)
        out[..., :3, :3], out[..., :3, 3], out[..., 3, 3] = self.rotation, self.centre, 1.0
        return out


def expose(plan: dict[str, Tensor], height: int, width: int, develop=sensor.develop, threads: int = 1) -> Window:
    """Renders a plan where its tensors are and develops the pictures."""
    tables = {k: plan[k].contiguous() for k in ("prims", "mats", "lights", "env", "counts", "cams")}
    if tables["prims"].is_cuda:
        rgb, depth = render_gpu(tables, height, width)
    else:
        rgb, depth = (torch.from_numpy(x) for x in render_cpu({k: v.numpy() for k, v in tables.items()}, height, width, threads=threads))
    cams = tables["cams"]
    return Window(develop(rgb, plan["settings"]), depth, cams[..., :9].unflatten(-1, (3, 3)), cams[..., 9:12], cams[..., 12:17])
