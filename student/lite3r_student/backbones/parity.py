"""Our Depth-Anything-3 against its authors' package, both with the same random weights: the largest difference of every output.

    lite3r_student backbone-parity da3-base --views 4 --size 252 336

The package (`pip install --no-deps depth-anything-3`, addict, einops, omegaconf) is only ever imported here and in the tests. Random weights are made under
the package's own names and loaded as an official file is, so a parameter that we lack, name otherwise or have too many of is an error, too.
"""

import os

import torch
from torch import Tensor, nn

from . import da3
from .checkpoints import fill

OURS = {"depth": "depth", "conf": "depth_conf", "ray": "ray", "ray_conf": "ray_conf", "w2c": "extrinsics", "focal": "focal"}
"""Our outputs and what the package calls them."""


def authors_network(c: da3.Config) -> nn.Module:
    """The package's network of that configuration."""
    os.environ.setdefault("DA3_LOG_LEVEL", "ERROR")
    from depth_anything_3.model.cam_dec import CameraDec
    from depth_anything_3.model.cam_enc import CameraEnc
    from depth_anything_3.model.da3 import DepthAnything3Net
    from depth_anything_3.model.dinov2.dinov2 import DinoV2
    from depth_anything_3.model.dinov2.vision_transformer import DinoVisionTransformer
    from depth_anything_3.model.dualdpt import DualDPT

    starts = {"alt_start": c.alternate, "qknorm_start": c.alternate, "rope_start": c.alternate}
    trunk = DinoV2("vits", list(c.layers), **starts)  # its named sizes have no toy
    trunk.pretrained = DinoVisionTransformer(img_size=14 * c.pretrained_side, patch_size=14, embed_dim=c.dim, depth=c.blocks, num_heads=c.heads, **starts)
    head = DualDPT(2 * c.dim, features=c.channels, out_channels=c.stages)
    return DepthAnything3Net(trunk, head, CameraDec(2 * c.dim), CameraEnc(c.dim, num_heads=c.encoder_heads)).eval()


@torch.no_grad()
def randomise(model: nn.Module, seed: int = 0):
    """Weights with which every part matters and no output leaves its working range."""
    generator = torch.Generator().manual_seed(seed)
    for name, p in model.named_parameters():  # a tied one once
        noise = torch.randn(p.shape, generator=generator)
        if name.endswith("bias") or p.dim() == 1:
            p.copy_(0.1 * noise + (0 if name.endswith("bias") else 1 if "norm" in name else 0.3))
        elif "token" in name or "pos_embed" in name:
            p.copy_(0.5 * noise)
        else:
            p.copy_(noise * p[0].numel() ** -0.5)
    fields = model.cam_dec.fc_fov[0] if hasattr(model, "cam_dec") else model.camera_head.pose_branch.fc2
    fields.weight[-2:].mul_(0.1)
    fields.bias[-2:].fill_(1.0 if hasattr(model, "cam_dec") else 0.25)  # radians; VGGT adds them up in four rounds


@torch.no_grad()
def authors_outputs(model: nn.Module, images: Tensor, w2c: Tensor | None, focal: Tensor | None, reference: str) -> dict[str, Tensor]:
    """images (B, S, 3, H, W) in [0, 1], w2c (B, S, 3, 4), focal (B, S, 2) -> the package's outputs; rays as its head leaves them."""
    height, width = images.shape[-2:]
    mean, deviation = (torch.tensor(v)[:, None, None] for v in (da3.MEAN, da3.DEVIATION))
    rays, intrinsics = {}, None
    if w2c is not None:
        w2c = torch.cat([w2c, torch.eye(4)[3:].expand(*w2c.shape[:2], 1, 4)], 2)
        intrinsics = torch.eye(3).repeat(*focal.shape[:2], 1, 1)
        intrinsics[..., 0, 0], intrinsics[..., 1, 1] = focal[..., 0] * width, focal[..., 1] * height
        intrinsics[..., 0, 2], intrinsics[..., 1, 2] = width / 2, height / 2
    handle = model.head.register_forward_hook(lambda module, args, output: rays.update(ray=output["ray"], ray_conf=output["ray_conf"]))
    try:
        out = model((images - mean) / deviation, w2c, intrinsics, [], False, False, reference)
    finally:
        handle.remove()
    found = torch.stack([out.intrinsics[..., 0, 0] / width, out.intrinsics[..., 1, 1] / height], -1)
    return {"depth": out.depth, "depth_conf": out.depth_conf, "extrinsics": out.extrinsics, "focal": found, **rays}


@torch.no_grad()
def differences(c: da3.Config, *, views: int, height: int, width: int, reference: str = "first", posed: bool = False, seed: int = 0) -> dict[str, float]:
    """Output -> largest |ours - theirs|, over the larger of 1 and the largest |theirs|."""
    theirs, ours = authors_network(c), da3.DepthAnything3(c, reference).eval()
    randomise(theirs, seed)
    fill(ours, theirs.state_dict())
    generator = torch.Generator().manual_seed(seed + 1)
    images, w2c, focal = torch.rand(1, views, 3, height, width, generator=generator), None, None
    if posed:
        turn = torch.linalg.qr(torch.randn(1, views, 3, 3, generator=generator))[0]
        turn = turn * turn.det()[..., None, None]
        w2c = da3.conditioned(torch.cat([turn, torch.randn(1, views, 3, 1, generator=generator)], -1))
        focal = 0.5 + torch.rand(1, views, 2, generator=generator)
    want = authors_outputs(theirs, images, w2c, focal, reference)
    got = ours(images, w2c=w2c, focal=focal, rays=True)
    for name in OURS:
        if got[name].shape != want[OURS[name]].shape:
            raise ValueError(f"{name}: ours is {tuple(got[name].shape)}, theirs {tuple(want[OURS[name]].shape)}")
    return {name: ((got[name] - want[OURS[name]]).abs().max() / want[OURS[name]].abs().max().clamp_min(1)).item() for name in OURS}


def add_arguments(parser):
    parser.add_argument("names", nargs="+", choices=("toy", *da3.CONFIGS), metavar="NAME", help=f"toy, {', '.join(da3.CONFIGS)}")
    parser.add_argument("--views", type=int, default=4)
    parser.add_argument("--size", type=int, nargs=2, default=(252, 336), metavar=("HEIGHT", "WIDTH"))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--tolerance", type=float, default=1e-4)


def main(args):
    torch.set_num_threads(args.threads)
    print(f"largest difference over the larger of 1 and the output's largest value; {args.views} views of {args.size[0]} x {args.size[1]}, float32\n")
    print("| model | reference | " + " | ".join(OURS) + " |\n|---" + "|---" * (len(OURS) + 1) + "|")
    worst = 0.0
    for name in args.names:
        config = da3.Config.toy() if name == "toy" else da3.CONFIGS[name]
        for reference, posed in (("first", False), ("middle", False), ("first", True)):
            row = differences(config, views=args.views, height=args.size[0], width=args.size[1], reference=reference, posed=posed)
            worst = max(worst, *row.values())
            print(f"| {name} | {'given poses' if posed else reference} | " + " | ".join(f"{row[k]:.1e}" for k in OURS) + " |", flush=True)
    if worst > args.tolerance:
        raise SystemExit(f"{worst:.1e} is beyond {args.tolerance:.0e}")
