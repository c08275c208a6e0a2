"""What "good" means, in numpy: the numbers every table of this project prints.

A *window* is S views that pass the model together. Everything here works on a batch of windows,
letters as everywhere in the package:

    B windows, S views, P = S (S - 1) / 2 view pairs, H W pixels

Poses are ``world_from_camera`` (x_world = R x_camera + t), OpenCV axes. The model answers in its own
submap space of arbitrary scale, so

* depth is compared after **one** median scale per window: s = median(true / predicted) over valid pixels.
  One scale per view would hide views that disagree with each other.
* a pose is compared through the relative motion of each view pair, which no choice of world can change:
  rotation angle of R_ij^T R'_ij, and the angle between the two translation directions.
* AUC@T is the area under "share of pairs with error below x", x from 0 to T degrees, divided by T, where a pair's
  error is the larger of its two angles. Exact area: mean(max(0, 1 - error / T)). (Published code often sums a 1-degree
  histogram instead, which adds about 0.5 / T.)
* ATE is the RMS distance of camera centres after the best similarity (Umeyama), divided by the RMS spread of the true
  centres, so 0 is perfect and 1 is as bad as predicting a single point.
"""

import numpy as np

AUC_THRESHOLDS = (5, 15, 30)


def matrix_from_quaternion(quaternion):
    """(..., 4) w x y z, any length -> (..., 3, 3)."""
    q = np.asarray(quaternion, dtype=np.float64)
    w, x, y, z = np.moveaxis(q / np.linalg.norm(q, axis=-1, keepdims=True), -1, 0)
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]
    return np.stack([np.stack(row, -1) for row in rows], -2)


def relative_poses(world_from_camera):
    """(B, S, 4, 4) -> rotation (B, P, 3, 3) and translation (B, P, 3) of ``i_from_j`` for all i < j."""
    poses = np.asarray(world_from_camera, dtype=np.float64)
    rotation, centre = poses[..., :3, :3], poses[..., :3, 3]
    i, j = np.triu_indices(poses.shape[1], k=1)
    i_from_world = np.swapaxes(rotation[:, i], -1, -2)
    return i_from_world @ rotation[:, j], np.einsum("bpxy,bpy->bpx", i_from_world, centre[:, j] - centre[:, i])


def rotation_angle(rotation):
    """(..., 3, 3) -> degrees. atan2 of sine and cosine: arccos alone loses everything below 1e-2 degrees in float32."""
    axis = np.stack([rotation[..., 2, 1] - rotation[..., 1, 2],
                     rotation[..., 0, 2] - rotation[..., 2, 0],
                     rotation[..., 1, 0] - rotation[..., 0, 1]], -1)
    trace = np.trace(rotation, axis1=-2, axis2=-1)
    return np.degrees(np.arctan2(np.linalg.norm(axis, axis=-1), trace - 1))


def direction_angle(a, b):
    """Angle in degrees between vectors (..., 3). The sign counts: moving backwards is 180 degrees wrong, not 0."""
    cross = np.linalg.norm(np.cross(a, b), axis=-1)
    return np.degrees(np.arctan2(cross, np.sum(a * b, -1)))


def pair_errors(predicted, true, *, least_baseline=1e-6):
    """Rotation and translation-direction error in degrees, each (B, P), from two (B, S, 4, 4).

    A pair whose true baseline is (relative to the window's widest) below ``least_baseline`` has no direction: NaN.
    """
    predicted_rotation, predicted_translation = relative_poses(predicted)
    true_rotation, true_translation = relative_poses(true)
    rotation = rotation_angle(np.swapaxes(true_rotation, -1, -2) @ predicted_rotation)
    direction = direction_angle(predicted_translation, true_translation)
    baseline = np.linalg.norm(true_translation, axis=-1)
    widest = baseline.max(axis=1, keepdims=True)
    return rotation, np.where(baseline > least_baseline * np.maximum(widest, 1e-300), direction, np.nan)


def auc(errors, threshold):
    """Area under the recall curve from 0 to ``threshold`` degrees, as a share; NaN errors do not take part."""
    errors = np.asarray(errors, dtype=np.float64)
    errors = errors[~np.isnan(errors)]
    return float(np.mean(np.clip(1 - errors / threshold, 0, None))) if errors.size else float("nan")


def median_scale(predicted, true):
    """One factor per window, (B,): median of true / predicted over pixels that have a truth (true > 0)."""
    ratios = (t[t > 0] / np.maximum(p[t > 0], 1e-12) for p, t in zip(predicted, true))
    return np.array([np.median(ratio) if ratio.size else np.nan for ratio in ratios])


def depth_errors(predicted, true, scale=None):
    """AbsRel and delta < 1.25, each (B,), of depth (B, S, H, W) after one median scale per window. NaN without truth."""
    predicted, true = np.asarray(predicted, np.float32), np.asarray(true, np.float32)
    scale = median_scale(predicted, true) if scale is None else scale
    valid = (true > 0).reshape(len(true), -1)
    scaled = predicted * scale.astype(np.float32)[:, None, None, None]
    t = np.where(true > 0, true, 1).reshape(len(true), -1)
    p = np.where(true > 0, scaled, 1).reshape(len(true), -1)
    count = np.maximum(valid.sum(1), 1)
    relative = np.abs(p - t) / t * valid
    close = (np.maximum(p, t) < 1.25 * np.minimum(p, t)) & valid  # ratio test without dividing by a tiny prediction
    missing = np.where(valid.any(1), 0.0, np.nan)
    return relative.sum(1) / count + missing, close.sum(1) / count + missing


def umeyama(source, target):
    """Best similarity target ~ s R source + t for (B, N, 3) each: returns s (B,), R (B, 3, 3), t (B, 3)."""
    source, target = np.asarray(source, np.float64), np.asarray(target, np.float64)
    source_mean, target_mean = source.mean(1), target.mean(1)
    x, y = source - source_mean[:, None], target - target_mean[:, None]
    u, d, vt = np.linalg.svd(np.swapaxes(y, 1, 2) @ x)
    sign = np.ones_like(d)
    sign[:, 2] = np.sign(np.linalg.det(u) * np.linalg.det(vt))  # a reflection is not a rotation
    rotation = u @ (sign[:, :, None] * vt)
    scale = (d * sign).sum(1) / np.maximum((x * x).sum((1, 2)), 1e-300)
    return scale, rotation, target_mean - scale[:, None] * np.einsum("bxy,by->bx", rotation, source_mean)


def ate_over_spread(predicted, true):
    """(B,): RMS camera-centre error after Sim3, over the RMS spread of the true centres; from two (B, S, 4, 4)."""
    p, t = np.asarray(predicted)[..., :3, 3], np.asarray(true, np.float64)[..., :3, 3]
    scale, rotation, translation = umeyama(p, t)
    aligned = scale[:, None, None] * np.einsum("bxy,bsy->bsx", rotation, p) + translation[:, None]
    spread = np.sqrt(((t - t.mean(1, keepdims=True)) ** 2).sum(-1).mean(1))
    return np.sqrt(((aligned - t) ** 2).sum(-1).mean(1)) / np.maximum(spread, 1e-300)


def focal_errors(predicted, true):
    """(B, S): |predicted / true - 1|, mean of x and y, for focal lengths (B, S, 2) as shares of width and height."""
    return np.abs(np.asarray(predicted, np.float64) / np.asarray(true, np.float64) - 1).mean(-1)


def error_by_confidence(predicted, confidence, true, *, bins=10, scale=None):
    """(bins,) AbsRel of the surest 1/bins, 2/bins, ... of the pixels that have a truth, over all windows.

    A useful confidence makes this curve rise. Ranked within each window, since confidence has no absolute meaning.
    """
    scale = median_scale(predicted, true) if scale is None else scale
    total, count = np.zeros(bins), np.zeros(bins)
    for b in range(len(true)):  # windows have different numbers of valid pixels, so no rectangle to vectorise over
        valid = true[b] > 0
        if not valid.any():
            continue
        relative = np.abs(predicted[b][valid] * scale[b] / true[b][valid] - 1)
        ranked = relative[np.argsort(-confidence[b][valid], kind="stable")]
        ends = np.ceil(np.arange(1, bins + 1) * len(ranked) / bins).astype(int)
        total += np.cumsum(ranked, dtype=np.float64)[ends - 1] / ends
        count += 1
    return total / np.where(count > 0, count, np.nan)
