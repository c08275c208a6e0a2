"""Fits the confidence layer of a trained model afterwards, in closed form.

The first run's confidence died: its loss rewards confidence only below an error of ALPHA, early errors were all larger, and softplus
has no slope left down there. The features in front of the last layer are good, though, so that layer's 16 confidence channels are
a ridge regression away: predict log |error of log-depth| of each pixel from the features of its cell, on procedural windows, and
set confidence = max(1, LEVEL / predicted error). Depth itself is not touched. The result is an `amend.npz` beside the checkpoint's pieces.

    python -m lite3r_student confidence models/lite3r-small/checkpoint --windows 40
"""

from pathlib import Path

import numpy as np
import torch

from . import checkpoint, data, losses

LEVEL = 0.3  # error (log) at which confidence reaches 1
SIZES = ((192, 256), (192, 256), (160, 288), (256, 192), (112, 368))


def fit(model, windows: int, ridge: float = 1e-3, say=print):
    """-> (weight (16, features), bias (16)) of the confidence channels."""
    head, seen = model.depth_head, {}
    n = head.out.in_channels
    hook = head.out.register_forward_pre_hook(lambda _, inputs: seen.update(x=inputs[0].detach()))
    a = torch.zeros(n + 1, n + 1, dtype=torch.float64)
    b = torch.zeros(n + 1, 16, dtype=torch.float64)
    for i in range(windows):
        height, width = SIZES[i % len(SIZES)]
        views = (2, 3, 4)[i % 3]
        w = data.expose(data.make_plan(f"confidence-{i}", 1, views, height, width), height, width)
        truth = losses.truth_of(w)
        with torch.inference_mode():
            out = model.everything(w.images)
        valid = truth.depth > 0
        error = torch.where(valid, (out["log_depth"] - truth.depth.clamp(min=1e-4).log()).abs(), torch.full_like(truth.depth, 1.0)).clamp(0.004, 1.0)  # sky: not to be trusted
        y = torch.nn.functional.pixel_unshuffle(error.log().flatten(0, 1)[:, None], 4).permute(0, 2, 3, 1).reshape(-1, 16).double()
        x = seen["x"].permute(0, 2, 3, 1).reshape(-1, n).double()
        x = torch.cat([x, torch.ones(len(x), 1, dtype=x.dtype)], 1)
        a += x.T @ x / len(x)
        b += x.T @ y / len(x)
        if i % 10 == 9:
            say(f"{i + 1} windows", flush=True)
    hook.remove()
    a[range(n), range(n)] += ridge * a.diagonal()[:n].mean()
    solution = torch.linalg.solve(a, b)  # log error = x W + c; log confidence = log LEVEL - log error, and softplus(raw - 1) is about raw - 1
    return (-solution[:n].T).float(), (1.0 + np.log(LEVEL) - solution[n]).float()


def add_arguments(parser) -> None:
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--windows", type=int, default=40)


def main(args) -> None:
    model = checkpoint.load_model(args.checkpoint)
    weight, bias = fit(model, args.windows)
    out = model.depth_head.out
    w, c = out.weight.detach().clone(), out.bias.detach().clone()
    w[16:, :, 0, 0], c[16:] = weight, bias  # pixel_shuffle(32 channels, 4): channels 16-31 are the second map
    np.savez_compressed(args.checkpoint / "amend.npz", **{"depth_head.out.weight": w.numpy(), "depth_head.out.bias": c.numpy()})
