"""Procedural windows nobody trained on: for tables by scene kind, for calibration and distillation, and for comparing student and teacher.

A window follows from its name alone, and training's names start with "train-"; so names that start otherwise are held out by construction.
"""

from collections import deque
from concurrent.futures import ThreadPoolExecutor

import torch

from . import data
from .evaluate import Scores, ask

BATCH = {2: 8, 4: 4, 8: 2, 16: 1}  # windows per batch, by views, so that memory stays about the same


def batches(name: str, count: int, *, views: int, height: int = 192, width: int = 256, kinds=tuple(data.KINDS), device="cpu", threads: int = 1,
            batch: int | None = None):
    """Yields (kind, data.Window) until `count` windows are made, the kinds in turn, `batch` (default: by views) windows at a time."""
    if name.startswith("train-"):
        raise ValueError(f"{name}: names that start with train- belong to training")
    made, turn = 0, 0
    while made < count:
        kind, size = kinds[turn % len(kinds)], min(batch or BATCH.get(views, 1), count - made)
        plan = data.make_plan(f"{name}-{kind}-{views}-{turn}", size, views, height, width, kind)
        with torch.random.fork_rng(devices=[device] if torch.device(device).type == "cuda" else []), torch.no_grad():
            torch.manual_seed(turn)  # the sensor's noise
            yield kind, data.expose({k: v.to(device) for k, v in plan.items()}, height, width, threads=threads)
        made, turn = made + size, turn + 1


def runs(made):
    """Functions run(model) -> output, one per batch: what calibration and distillation take."""
    return [lambda model, images=window.images: model(images) for _, window in made]


def score(predict, made, *, threads: int = 1, curve: bool = True) -> dict:
    """Summaries by scene kind and, under "all", over everything, from (kind, Window) pairs. `threads` score while the model goes on to the next."""
    by_kind, waiting = {"all": Scores(curve)}, deque()

    def collect():
        kind, scored = waiting.popleft()
        for key in (kind, "all"):
            by_kind.setdefault(key, Scores(curve)).merge(scored.result())

    with ThreadPoolExecutor(threads) as pool:
        for kind, window in made:
            waiting.append((kind, pool.submit(scores_of, ask(predict, window.images), window, curve)))
            if len(waiting) > 2 * threads:  # answers are large
                collect()
        while waiting:
            collect()
    return {kind: scores.summary() for kind, scores in sorted(by_kind.items(), key=lambda item: item[0] == "all")}


def scores_of(answer: dict, window: data.Window, curve: bool = True) -> Scores:
    scores = Scores(curve)
    scores.take(answer, window.images.shape, world_from_camera=window.poses(), focal=window.focal, depth=window.depth)
    return scores
