"""Depth-Anything-3 (arXiv 2511.10647), any-view models Small, Base and Large: camera decoder, depth and ray heads, optional pose conditioning.

A DINOv2 transformer whose last two thirds see the window: from block `alternate` on, odd blocks are global, q and k are normalised and rotated,
and the class token gives way to a camera token (one for the reference view, one for all others, or tokens encoded from given poses).
Heads read the last frame block's and the global block's output side by side.

Which view is the reference decides what comes out. The published code chooses it by content when there are three views and more; a served graph
cannot, so here it is the `first` or the `middle` one. Views are put in that order, and back again. With given poses nothing is reordered.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from .dpt import Pyramid, add_fusions, fuse, with_place
from .pose import decode, encode, inverse
from .vit import Block, Mlp, PatchEmbed, Rope, position_grid, rope_table, run_block, side_by_side

PATCH = 14
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # ImageNet's
REORDER_FROM = 3  # views; fewer stay as they are, whatever the reference


@dataclass(frozen=True)
class Config:
    dim: int
    heads: int
    blocks: int
    alternate: int
    """First block of the part that sees the window."""
    layers: tuple[int, int, int, int]
    """Blocks whose output the heads read: global ones."""
    channels: int
    stages: tuple[int, int, int, int]
    pretrained_side: int = 37
    """Patches on a side of the learned position table (518 / 14)."""
    encoder_heads: int = 16

    @staticmethod
    def toy() -> "Config":
        return Config(dim=32, heads=2, blocks=6, alternate=2, layers=(2, 3, 4, 5), channels=8, stages=(8, 8, 16, 16), pretrained_side=5, encoder_heads=2)


CONFIGS = {
    "da3-small": Config(384, 6, 12, 4, (5, 7, 9, 11), 64, (48, 96, 192, 384)),
    "da3-base": Config(768, 12, 12, 4, (5, 7, 9, 11), 128, (96, 192, 384, 768)),
    "da3-large": Config(1024, 16, 24, 8, (11, 15, 19, 23), 256, (256, 512, 1024, 1024)),
}


class Trunk(nn.Module):
    """Pictures -> for each layer of `layers`, tokens (B, S, N, 2 C) of the last frame block and of that block, not yet normalised; or what `keep` makes of
    its number among them and the two."""

    def __init__(self, c: Config):
        super().__init__()
        self.config = c
        self.cls_token = nn.Parameter(torch.zeros(1, 1, c.dim))
        self.camera_token = nn.Parameter(torch.zeros(1, 2, c.dim))  # reference view, other views
        self.pos_embed = nn.Parameter(torch.zeros(1, 1 + c.pretrained_side**2, c.dim))
        self.patch_embed = PatchEmbed(c.dim, PATCH)
        kinds = ["global" if i >= c.alternate and i % 2 else "frame" for i in range(c.blocks)]
        self.blocks = nn.ModuleList(Block(c.dim, c.heads, kind=k, qk_norm=i >= c.alternate) for i, k in enumerate(kinds))
        self.norm = nn.LayerNorm(c.dim)

    def position(self, rows: int, cols: int) -> Tensor:
        return position_grid(self.pos_embed, rows, cols, offset=0.1, antialias=False)

    def ropes(self, rows: int, cols: int) -> dict[str, Rope]:
        """Patches have their own places inside a view; across views all have the same one."""
        made = {"rows": rows, "cols": cols, "specials": 1, "head_dim": self.config.dim // self.config.heads, "device": self.pos_embed.device}
        return {"frame": rope_table(**made), "global": rope_table(**made, same=True)}

    def forward(self, images: Tensor, camera: Tensor | None, order: list[int], position: Tensor, ropes: dict[str, Rope], keep=side_by_side) -> list[Tensor]:
        c, (batch, views) = self.config, images.shape[:2]
        patches = self.patch_embed(images.flatten(0, 1))
        x = torch.cat([self.cls_token.expand(len(patches), -1, -1), patches], 1) + position
        x = x.unflatten(0, (batch, views))
        back = [order.index(i) for i in range(views)]
        reordered = order != list(range(views))  # where nothing moves, nothing is copied, and a CUDA graph can be made
        last_frame, taken = x, []
        for i, block in enumerate(self.blocks):
            if i == c.alternate:
                if camera is None:
                    x = x[:, order] if reordered else x
                    camera = torch.cat([self.camera_token[:, :1], self.camera_token[:, 1:].expand(-1, views - 1, -1)], 1).expand(batch, -1, -1)
                x = torch.cat([camera[:, :, None], x[:, :, 1:]], 2)
            x = run_block(block, x, ropes[block.attn.kind] if i >= c.alternate else None)
            if block.attn.kind == "frame":
                last_frame = x
            if i in c.layers:
                taken.append(keep(len(taken), *((last_frame[:, back], x[:, back]) if reordered else (last_frame, x))))
        return taken


class Head(Pyramid):
    """Depth at full resolution; rays at 8 pixels per patch, from fusions of their own. Of the four levels that training supervised only the
    finest is computed; the others are here because the official files hold them. Their norm is one and the same layer."""

    def __init__(self, c: Config):
        super().__init__(2 * c.dim, c.channels, c.stages, rectified=False)
        half = c.channels // 2
        add_fusions(self.scratch, c.channels, False, "_aux")
        widths = [c.channels, half, c.channels, half, c.channels, half]
        self.scratch.output_conv1_aux = nn.ModuleList(
            nn.Sequential(*(nn.Conv2d(a, b, 3, 1, 1) for a, b in zip(widths, widths[1:]))) for _ in range(4))
        norm = nn.LayerNorm(32)
        self.scratch.output_conv2_aux = nn.ModuleList(
            nn.Sequential(nn.Conv2d(half, 32, 3, 1, 1), ChannelsLast(), norm, ChannelsFirst(), nn.ReLU(), nn.Conv2d(32, 7, 1)) for _ in range(4))

    def rays(self, maps: list[Tensor], height: int, width: int) -> tuple[Tensor, Tensor]:
        """-> (I, 8 r, 8 c, 6) and their confidence (I, 8 r, 8 c)."""
        x = self.scratch.output_conv1_aux[-1](fuse(self.scratch, maps, "_aux"))
        x = self.scratch.output_conv2_aux[-1](with_place(x, height, width)).permute(0, 2, 3, 1)
        return x[..., :6], 1 + x[..., 6].exp()


class ChannelsLast(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x.permute(0, 2, 3, 1)


class ChannelsFirst(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x.permute(0, 3, 1, 2)


class CameraEncoder(nn.Module):
    """Given poses -> camera tokens (B, S, C)."""

    def __init__(self, c: Config):
        super().__init__()
        self.pose_branch = Mlp(9, c.dim // 2, c.dim)
        self.token_norm, self.trunk_norm = nn.LayerNorm(c.dim), nn.LayerNorm(c.dim)
        self.trunk = nn.Sequential(*(Block(c.dim, c.encoder_heads, scale=0.01, eps=1e-5) for _ in range(4)))

    def forward(self, w2c: Tensor, focal: Tensor) -> Tensor:
        return self.trunk_norm(self.trunk(self.token_norm(self.pose_branch(encode(inverse(w2c), focal)))))


class CameraDecoder(nn.Module):
    """Camera tokens (B, S, 2 C) -> pose encoding (B, S, 9) of world from camera."""

    def __init__(self, dim: int):
        super().__init__()
        self.backbone = nn.Sequential(nn.Linear(dim, dim), nn.ReLU(), nn.Linear(dim, dim), nn.ReLU())
        self.fc_t, self.fc_qvec = nn.Linear(dim, 3), nn.Linear(dim, 4)
        self.fc_fov = nn.Sequential(nn.Linear(dim, 2), nn.ReLU())

    def forward(self, tokens: Tensor) -> Tensor:
        x = self.backbone(tokens)
        return torch.cat([self.fc_t(x), self.fc_qvec(x), self.fc_fov(x)], -1)


class DepthAnything3(nn.Module):
    patch, specials, blocks, least_views = PATCH, 1, r"backbone\.pretrained\.blocks\.\d+", 3

    def __init__(self, config: Config, reference: str = "middle"):
        super().__init__()
        if reference not in ("first", "middle"):
            raise ValueError(f"reference must be first or middle, not {reference!r}")
        self.config, self.reference = config, reference
        self.backbone = nn.Module()
        self.backbone.pretrained = Trunk(config)
        self.head = Head(config)
        self.cam_enc, self.cam_dec = CameraEncoder(config), CameraDecoder(2 * config.dim)
        for name, values in (("mean", MEAN), ("deviation", DEVIATION)):
            self.register_buffer(name, torch.tensor(values)[:, None, None], persistent=False)

    def tables(self, height: int, width: int) -> tuple:
        """What depends on the picture's size alone: (positions, RoPE tables). An export stores it."""
        trunk, grid = self.backbone.pretrained, (height // PATCH, width // PATCH)
        return trunk.position(*grid), trunk.ropes(*grid)

    def order(self, views: int) -> list[int]:
        """Views as the trunk sees them: the reference first."""
        first = views // 2 if self.reference == "middle" and views >= REORDER_FROM else 0
        return [first, *(i for i in range(views) if i != first)]

    def forward(self, images: Tensor, *, w2c: Tensor | None = None, focal: Tensor | None = None, tables: tuple | None = None,
                rays: bool = False) -> dict[str, Tensor]:
        """images (B, S, 3, H, W) in [0, 1]. Given poses: `w2c` (B, S, 3, 4), relative to the first view, with the median camera distance as unit
        (`conditioned`), and `focal` (B, S, 2) as fx / W, fy / H. `rays`: the ray head's output, too: `ray` (B, S, 8 r, 8 c, 6), `ray_conf`."""
        batch, views, _, height, width = images.shape
        rows, cols = height // PATCH, width // PATCH
        camera = self.cam_enc(w2c, focal) if w2c is not None else None
        order = self.order(views) if camera is None else list(range(views))
        layers = self.backbone.pretrained((images - self.mean) / self.deviation, camera, order, *(tables or self.tables(height, width)))
        poses, focals = decode(self.cam_dec(layers[-1][:, :, 0]))
        dim, norm = self.config.dim, self.backbone.pretrained.norm
        layers = [torch.cat([x[..., :dim], norm(x[..., dim:])], -1)[:, :, 1:].flatten(0, 1) for x in layers]
        maps = self.head.maps([self.head.project(level, x, rows, cols) for level, x in enumerate(layers)], height, width)
        found = dict(zip(("depth", "conf"), self.head.depth(maps, height, width)))
        if rays:
            found |= dict(zip(("ray", "ray_conf"), self.head.rays(maps, height, width)))
        return {k: v.unflatten(0, (batch, views)) for k, v in found.items()} | {"w2c": inverse(poses), "focal": focals}


def conditioned(w2c: Tensor) -> Tensor:
    """Given poses (B, S, 3, 4) as the network wants them: relative to the first view, divided by the median distance of the cameras from it
    (at least 0.1)."""
    first = inverse(w2c[:, :1])
    rotation = w2c[..., :3] @ first[..., :3]
    translation = w2c[..., :3] @ first[..., 3:] + w2c[..., 3:]
    distance = translation[..., 0].norm(dim=-1).median(1).values.clamp_min(0.1)
    return torch.cat([rotation, translation / distance[:, None, None, None]], -1)
