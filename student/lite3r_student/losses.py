"""What the model is asked for. Every term is dimensionless; weights in `WEIGHTS`.

Truth is first brought into the window's own frame: the first camera's axes, and the unit in which the mean norm of all visible
points is 1 (far points count at most four times the geometric mean, so that a street's horizon does not decide the unit).
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from .data import Window
from .model import rotation_matrix

WEIGHTS = {"depth": 1.0, "confidence": 0.05, "gradient": 0.5, "rotation": 1.5, "translation": 0.5, "direction": 0.25, "absolute": 0.5, "focal": 0.5, "points": 0.25, "ray": 0.2, "match": 0.1}
LEVEL = 0.3  # depth error (log) at which confidence reaches 1


@dataclass
class Truth:
    """Targets in submap units."""

    depth: Tensor  # (B, S, H, W), 0 = unknown
    rotation: Tensor  # (B, S, 3, 3) submapFromCamera
    trans: Tensor  # (B, S, 3)
    focal: Tensor  # (B, S, 2)
    rays: Tensor  # (B, S, H, W, 3): camera ray of each pixel with z = 1


def pixel_rays(lens: Tensor, height: int, width: int) -> Tensor:
    """(B, S, 5) -> (B, S, H, W, 3) with z = 1; the exact inverse of the renderer's camera."""
    fx, fy, cx, cy, k1 = (c[..., None, None] for c in lens.unbind(-1))
    x = (torch.arange(width, device=lens.device) + 0.5 - cx) / fx
    y = (torch.arange(height, device=lens.device)[:, None] + 0.5 - cy) / fy
    x, y = torch.broadcast_tensors(x, y)
    k = 1 + k1 * (x * x + y * y)
    return torch.stack([x * k, y * k, torch.ones_like(x)], -1)


def truth_of(w: Window) -> Truth:
    height, width = w.depth.shape[2:]
    rays = pixel_rays(w.lens, height, width)
    r0, c0 = w.rotation[:, :1], w.centre[:, :1]
    rotation = r0.transpose(-1, -2) @ w.rotation
    trans = (r0.transpose(-1, -2) @ (w.centre - c0)[..., None])[..., 0]
    coarse = (slice(None), slice(None), slice(2, None, 4), slice(2, None, 4))  # every 4th pixel is enough for a mean
    d = w.depth[coarse]
    points = (rotation[:, :, None, None] @ (rays[coarse] * d[..., None])[..., None])[..., 0] + trans[:, :, None, None]
    norm, valid = points.norm(dim=-1), (d > 0).float()
    count = valid.sum((1, 2, 3)).clamp(min=1)
    geometric = ((norm.clamp(min=1e-4).log() * valid).sum((1, 2, 3)) / count).exp()
    scale = (torch.minimum(norm, 4 * geometric[:, None, None, None]) * valid).sum((1, 2, 3)) / count
    scale = scale.clamp(min=1e-3)
    depth = w.depth / scale[:, None, None, None]
    return Truth(torch.where(depth < 80, depth, torch.zeros_like(depth)), rotation, trans / scale[:, None, None], w.focal, rays)


def pose_terms(quat: Tensor, trans: Tensor, t: Truth) -> dict[str, Tensor]:
    """All pairs of views: rotation as a chord (about radians), translation relative to the baseline, its direction."""
    r = rotation_matrix(quat)
    views = quat.shape[1]
    i, j = torch.triu_indices(views, views, 1, device=quat.device)
    def pairs(rot, tr):
        back = rot[:, i].transpose(-1, -2)
        return back @ rot[:, j], (back @ (tr[:, j] - tr[:, i])[..., None])[..., 0]
    (rp, tp), (rt, tt) = pairs(r, trans), pairs(t.rotation, t.trans)
    chord = ((rp - rt).square().sum((-1, -2)) + 1e-8).sqrt() * 0.7071
    base, off = tt.norm(dim=-1), ((tp - tt).square().sum(-1) + 1e-10).sqrt()
    rel = off / (base + 0.01)
    rel = torch.where(rel < 1, rel, 1 + (rel.clamp(min=1e-6)).log())
    cos_off = (F.normalize(tp, dim=-1, eps=1e-4) - F.normalize(tt, dim=-1, eps=1e-4)).square().sum(-1)
    known = (base > 0.004).float()
    return {"rotation": chord.mean(), "translation": (rel * known).sum() / known.sum().clamp(min=1), "direction": ((cos_off + 1e-6).sqrt() * known).sum() / known.sum().clamp(min=1),
            "absolute": (trans - t.trans).abs().sum(-1).clamp(max=3).mean()}


def pixel_terms(log_depth: Tensor, sureness: Tensor, truth: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Pixels in a row (I, 1, pixels) -> (error map, depth loss, confidence loss).

    Confidence learns beside depth, not inside its loss: depth gets the plain L1 of log-depth, and what will be log(confidence) regresses
    log(LEVEL / error) of the error as it stands, without passing a gradient on to depth. (Weighting the depth loss by confidence
    taught less where rooms end, and let confidence die.) Where there is no surface, nothing is to be trusted: error 1.
    """
    valid = (truth > 0).float()
    error = (log_depth - truth.clamp(min=1e-4).log()) * valid
    depth = error.abs().sum() / valid.sum().clamp(min=1)
    seen = torch.where(truth > 0, error.detach().abs(), torch.ones_like(error)).clamp(0.004, 1.0)
    confidence = F.smooth_l1_loss(sureness, math.log(LEVEL) - seen.log())
    return error, depth, confidence


def dense_terms(log_depth: Tensor, sureness: Tensor, truth: Tensor, pixels=pixel_terms) -> dict[str, Tensor]:
    """Maps (I, H, W): log-depth error, its gradients at three scales (which see edges and flatness), and confidence."""
    error, depth, confidence = pixels(*(m.flatten(1)[:, None] for m in (log_depth, sureness, truth)))
    error, valid = error.reshape(truth.shape), truth > 0
    gradient = 0.0
    for k in (1, 2, 4):
        e, v = error[:, ::k, ::k], valid[:, ::k, ::k]
        vx, vy = v[:, :, 1:] & v[:, :, :-1], v[:, 1:] & v[:, :-1]
        gradient = gradient + ((e[:, :, 1:] - e[:, :, :-1]).abs().clamp(max=1) * vx).sum() / vx.sum().clamp(min=1)
        gradient = gradient + ((e[:, 1:] - e[:, :-1]).abs().clamp(max=1) * vy).sum() / vy.sum().clamp(min=1)
    return {"depth": depth, "gradient": gradient / 3, "confidence": confidence}


def point_terms(out: dict[str, Tensor], t: Truth) -> dict[str, Tensor]:
    """Depth, pose and focal length together: where every 8th pixel lands in the submap. And the rays per patch."""
    height, width = t.depth.shape[2:]
    at = (slice(None), slice(None), slice(4, None, 8), slice(4, None, 8))
    f = out["focal"]
    x = ((torch.arange(width, device=f.device) + 0.5) / width - 0.5)[4::8]
    y = ((torch.arange(height, device=f.device) + 0.5) / height - 0.5)[4::8]
    d = out["depth"][at]
    p = torch.stack([x / f[..., 0][..., None, None] * d, y[:, None] / f[..., 1][..., None, None] * d, d], -1)
    p = (rotation_matrix(out["quat"])[:, :, None, None] @ p[..., None])[..., 0] + out["trans"][:, :, None, None]
    z = t.depth[at]
    q = (t.rotation[:, :, None, None] @ (t.rays[at] * z[..., None])[..., None])[..., 0] + t.trans[:, :, None, None]
    e = ((p - q).square().sum(-1) + 1e-8).sqrt() / (z + 0.1)
    valid = (z > 0).float()
    points = (torch.where(e < 1, e, 1 + e.clamp(min=1e-6).log()) * valid).sum() / valid.sum().clamp(min=1)
    terms = {"points": points}
    if "ray" in out:
        mid = t.rays[:, :, 8::16, 8::16].flatten(2, 3)
        direction = F.normalize((t.rotation[:, :, None] @ mid[..., None])[..., 0], dim=-1)
        ray = out["ray"].float()
        terms["ray"] = (ray[..., :3] - t.trans[:, :, None]).abs().sum(-1).clamp(max=3).mean() + (ray[..., 3:] - direction).abs().sum(-1).mean()
    return terms


def match_term(describe: Tensor, t: Truth) -> Tensor:
    """Patch matching between each view and its predecessor (InfoNCE): the patch's surface point says which patch of the other view
    is its partner, if it is in sight there. describe: (B, S, patches, 64)."""
    views, (height, width) = describe.shape[1], t.depth.shape[2:]
    rows, cols = height // 16, width // 16
    z, ray = t.depth[:, :, 8::16, 8::16].flatten(2), t.rays[:, :, 8::16, 8::16].flatten(2, 3)
    j = torch.arange(1, views, device=z.device)
    i = j - 1
    p = (t.rotation[:, j][:, :, None] @ (ray[:, j] * z[:, j][..., None])[..., None])[..., 0] + t.trans[:, j][:, :, None]
    q = (t.rotation[:, i].transpose(-1, -2)[:, :, None] @ (p - t.trans[:, i][:, :, None])[..., None])[..., 0]
    f = t.focal[:, i][:, :, None]
    zq = q[..., 2].clamp(min=1e-4)
    u, v = q[..., 0] / zq * f[..., 0] + 0.5, q[..., 1] / zq * f[..., 1] + 0.5  # shares of width and height
    col, row = (u * cols).floor(), (v * rows).floor()
    inside = (col >= 0) & (col < cols) & (row >= 0) & (row < rows) & (q[..., 2] > 1e-3) & (z[:, j] > 0)
    target = (row.clamp(0, rows - 1) * cols + col.clamp(0, cols - 1)).long()
    seen = torch.gather(z[:, i], 2, target)
    inside = inside & ((seen - q[..., 2]).abs() < 0.1 * q[..., 2])
    a, b = F.normalize(describe[:, j].float(), dim=-1), F.normalize(describe[:, i].float(), dim=-1)
    logits = (a @ b.transpose(-1, -2)) * 14.0
    loss = F.cross_entropy(logits.flatten(0, 2), target.flatten(), reduction="none").reshape(inside.shape)
    return (loss * inside).sum() / inside.sum().clamp(min=1)


def total(out: dict[str, Tensor], t: Truth, match_weight: float = 1.0, dense=dense_terms, points=point_terms, matching=match_term, poses=pose_terms) -> tuple[Tensor, dict[str, Tensor]]:
    """-> (loss, terms). The functions may be replaced by compiled ones."""
    terms = dense(out["log_depth"].flatten(0, 1), out["sureness"].flatten(0, 1), t.depth.flatten(0, 1))
    terms |= poses(out["quat"], out["trans"], t)
    terms |= points(out, t)
    terms["focal"] = (out["focal"].log() - t.focal.log()).abs().mean()
    if "describe" in out:
        terms["match"] = matching(out["describe"], t)
    loss = sum(WEIGHTS[k] * (match_weight if k == "match" else 1.0) * v for k, v in terms.items() if k in WEIGHTS)
    return loss, terms
