"""The camera encoding of both backbones: 9 numbers = translation (3), quaternion x y z w (scalar last), fields of view (height, width) in radians.

What the pose maps differs: VGGT's is camera from world, Depth-Anything-3's world from camera. Axes are OpenCV's, the principal point is the centre.
"""

import torch
from torch import Tensor


def rotation_from_quaternion(q: Tensor) -> Tensor:
    """(..., 4) x y z w, of any length but zero -> (..., 3, 3)."""
    x, y, z, w = q.unbind(-1)
    s = 2 / q.square().sum(-1)
    rows = (1 - s * (y * y + z * z), s * (x * y - z * w), s * (x * z + y * w),
            s * (x * y + z * w), 1 - s * (x * x + z * z), s * (y * z - x * w),
            s * (x * z - y * w), s * (y * z + x * w), 1 - s * (x * x + y * y))
    return torch.stack(rows, -1).unflatten(-1, (3, 3))


def quaternion_from_rotation(r: Tensor) -> Tensor:
    """(..., 3, 3) -> (..., 4) x y z w with w >= 0. Of the four ways to divide, the one whose divisor is largest (Shepperd 1978)."""
    m = [[r[..., i, j] for j in range(3)] for i in range(3)]
    trace = m[0][0] + m[1][1] + m[2][2]
    squares = torch.stack([1 - trace + 2 * m[0][0], 1 - trace + 2 * m[1][1], 1 - trace + 2 * m[2][2], 1 + trace], -1)  # 4 q_i^2
    xy, xz, yz = m[0][1] + m[1][0], m[0][2] + m[2][0], m[1][2] + m[2][1]
    xw, yw, zw = m[2][1] - m[1][2], m[0][2] - m[2][0], m[1][0] - m[0][1]
    four = torch.stack([torch.stack([squares[..., 0], xy, xz, xw], -1), torch.stack([xy, squares[..., 1], yz, yw], -1),
                        torch.stack([xz, yz, squares[..., 2], zw], -1), torch.stack([xw, yw, zw, squares[..., 3]], -1)], -2)
    best = squares.argmax(-1, keepdim=True)
    q = torch.gather(four, -2, best[..., None].expand(*best.shape[:-1], 1, 4))[..., 0, :]
    q = q / q.norm(dim=-1, keepdim=True)
    return torch.where(q[..., 3:] < 0, -q, q)


def inverse(pose: Tensor) -> Tensor:
    """(..., 3, 4) rigid [R | t] -> [R^T | -R^T t]."""
    back = pose[..., :3].transpose(-1, -2)
    return torch.cat([back, -back @ pose[..., 3:]], -1)


def compose(a: Tensor, b: Tensor) -> Tensor:
    """a after b, both (..., 3, 4)."""
    return torch.cat([a[..., :3] @ b[..., :3], a[..., :3] @ b[..., 3:] + a[..., 3:]], -1)


def decode(encoding: Tensor) -> tuple[Tensor, Tensor]:
    """(..., 9) -> the pose (..., 3, 4) and (..., 2) = fx / W, fy / H."""
    pose = torch.cat([rotation_from_quaternion(encoding[..., 3:7]), encoding[..., :3, None]], -1)
    half = torch.tan(encoding[..., 7:9].flip(-1) / 2).clamp_min(1e-6)  # a field of view of zero would make an infinite focal length
    return pose, 0.5 / half


def encode(pose: Tensor, focal: Tensor) -> Tensor:
    """The inverse of `decode`."""
    fov = 2 * torch.atan(0.5 / focal)
    return torch.cat([pose[..., 3], quaternion_from_rotation(pose[..., :3]), fov.flip(-1)], -1)
