"""VGGT-1B (arXiv 2503.11651): aggregator, camera head and depth head. Its point and track heads are not served and not loaded.

A DINOv2 transformer makes patch tokens of every picture on its own. Then a frame block and a global block alternate, 24 of each, over the patches
and five special tokens a view (a camera token and four registers). There are two sets of special tokens: the first view's and everybody else's.
So the first view is the reference, and the order of views matters. Heads read a frame and a global block's output side by side.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from .dpt import Pyramid
from .pose import decode
from .vit import Block, Mlp, PatchEmbed, Rope, position_grid, rope_table, run_block, side_by_side

PATCH, REGISTERS, ITERATIONS = 14, 4, 4
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # ImageNet's
SKIPPED = ("point_head.", "track_head.")


@dataclass(frozen=True)
class Config:
    dim: int = 1024
    heads: int = 16
    encoder_blocks: int = 24
    pairs: int = 24
    """Frame and global blocks, each."""
    layers: tuple[int, int, int, int] = (4, 11, 17, 23)
    """Pairs whose output the depth head reads; the camera head reads the last."""
    channels: int = 256
    stages: tuple[int, int, int, int] = (256, 512, 1024, 1024)
    pretrained_side: int = 37
    camera_blocks: int = 4

    @staticmethod
    def toy() -> "Config":
        return Config(dim=32, heads=2, encoder_blocks=1, pairs=4, layers=(0, 1, 2, 3), channels=8, stages=(8, 8, 16, 16), pretrained_side=5, camera_blocks=1)


class Encoder(nn.Module):
    """Pictures (I, 3, H, W) -> normalised patch tokens (I, n, C): DINOv2 with registers."""

    def __init__(self, c: Config):
        super().__init__()
        self.cls_token, self.register_tokens = nn.Parameter(torch.zeros(1, 1, c.dim)), nn.Parameter(torch.zeros(1, REGISTERS, c.dim))
        self.mask_token = nn.Parameter(torch.zeros(1, c.dim))  # of DINOv2's training: loaded, never used
        self.pos_embed = nn.Parameter(torch.zeros(1, 1 + c.pretrained_side**2, c.dim))
        self.patch_embed = PatchEmbed(c.dim, PATCH)
        self.blocks = nn.ModuleList(Block(c.dim, c.heads) for _ in range(c.encoder_blocks))
        self.norm = nn.LayerNorm(c.dim, eps=1e-6)

    def position(self, rows: int, cols: int) -> Tensor:
        return position_grid(self.pos_embed, rows, cols, offset=0.0, antialias=True)

    def forward(self, images: Tensor, position: Tensor) -> Tensor:
        patches = self.patch_embed(images)
        x = torch.cat([self.cls_token.expand(len(patches), -1, -1), patches], 1) + position
        x = torch.cat([x[:, :1], self.register_tokens.expand(len(x), -1, -1), x[:, 1:]], 1)
        for block in self.blocks:
            x = block(x)
        return self.norm(x)[:, 1 + REGISTERS :]


class Aggregator(nn.Module):
    def __init__(self, c: Config):
        super().__init__()
        self.config = c
        self.patch_embed = Encoder(c)
        self.camera_token = nn.Parameter(torch.zeros(1, 2, 1, c.dim))  # first view, other views
        self.register_token = nn.Parameter(torch.zeros(1, 2, REGISTERS, c.dim))
        for kind in ("frame", "global"):
            blocks = (Block(c.dim, c.heads, kind=kind, qk_norm=True, scale=0.01, eps=1e-5) for _ in range(c.pairs))
            setattr(self, f"{kind}_blocks", nn.ModuleList(blocks))

    def rope(self, rows: int, cols: int) -> Rope:
        return rope_table(rows, cols, 1 + REGISTERS, self.config.dim // self.config.heads, device=self.camera_token.device)

    def forward(self, images: Tensor, position: Tensor, rope: Rope, keep=side_by_side) -> list[Tensor]:
        """images (B, S, 3, H, W), normalised -> for each of `layers`, tokens (B, S, N, 2 C); or what `keep` makes of its number among them and its halves."""
        batch, views = images.shape[:2]
        patches = self.patch_embed(images.flatten(0, 1), position).unflatten(0, (batch, views))
        special = torch.cat([self.camera_token, self.register_token], 2)  # 1 2 5 C
        special = torch.cat([special[:, :1], special[:, 1:].expand(-1, views - 1, -1, -1)], 1).expand(batch, -1, -1, -1)
        x, taken = torch.cat([special, patches], 2), []
        for i, (frame, across) in enumerate(zip(self.frame_blocks, self.global_blocks)):
            inside = run_block(frame, x, rope)
            x = run_block(across, inside, rope)
            if i in self.config.layers:
                taken.append(keep(len(taken), inside, x))
        return taken


class CameraHead(nn.Module):
    """Camera tokens (B, S, 2 C) -> pose encoding (B, S, 9) of camera from world, in four rounds: each looks at the pose so far and corrects it."""

    def __init__(self, c: Config):
        super().__init__()
        dim = 2 * c.dim
        self.token_norm, self.trunk_norm = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.trunk = nn.Sequential(*(Block(dim, c.heads, scale=0.01, eps=1e-5) for _ in range(c.camera_blocks)))
        self.empty_pose_tokens = nn.Parameter(torch.zeros(1, 1, 9))
        self.embed_pose = nn.Linear(9, dim)
        self.poseLN_modulation = nn.Sequential(nn.SiLU(), nn.Linear(dim, 3 * dim))
        self.adaln_norm = nn.LayerNorm(dim, eps=1e-6, elementwise_affine=False)
        self.pose_branch = Mlp(dim, dim // 2, 9)

    def forward(self, tokens: Tensor) -> Tensor:
        tokens = self.token_norm(tokens)
        pose = None
        for _ in range(ITERATIONS):
            seen = self.empty_pose_tokens.expand(*tokens.shape[:2], -1) if pose is None else pose
            shift, scale, gate = self.poseLN_modulation(self.embed_pose(seen)).chunk(3, -1)
            x = tokens + gate * (self.adaln_norm(tokens) * (1 + scale) + shift)
            delta = self.pose_branch(self.trunk_norm(self.trunk(x)))
            pose = delta if pose is None else pose + delta
        return torch.cat([pose[..., :7], pose[..., 7:].relu()], -1)


class Vggt(nn.Module):
    patch, specials, blocks, least_views = PATCH, 1 + REGISTERS, r"aggregator\.(patch_embed\.blocks|frame_blocks|global_blocks)\.\d+", 1
    reference = "first"

    def __init__(self, config: Config = Config()):
        super().__init__()
        self.config = config
        self.aggregator, self.camera_head = Aggregator(config), CameraHead(config)
        self.depth_head = Pyramid(2 * config.dim, config.channels, config.stages, rectified=True)
        for name, values in (("mean", MEAN), ("deviation", DEVIATION)):
            self.register_buffer(name, torch.tensor(values)[:, None, None], persistent=False)

    def tables(self, height: int, width: int) -> tuple:
        """What depends on the picture's size alone: (positions, RoPE table). An export stores it."""
        grid = height // PATCH, width // PATCH
        return self.aggregator.patch_embed.position(*grid), self.aggregator.rope(*grid)

    def forward(self, images: Tensor, *, tables: tuple | None = None) -> dict[str, Tensor]:
        """images (B, S, 3, H, W) in [0, 1]."""
        batch, views, _, height, width = images.shape
        layers = self.aggregator((images - self.mean) / self.deviation, *(tables or self.tables(height, width)))
        w2c, focal = decode(self.camera_head(layers[-1][:, :, 0]))
        patches = [x[:, :, 1 + REGISTERS :].flatten(0, 1) for x in layers]
        grid = height // PATCH, width // PATCH
        maps = self.depth_head.maps([self.depth_head.project(level, x, *grid) for level, x in enumerate(patches)], height, width)
        found = dict(zip(("depth", "conf"), self.depth_head.depth(maps, height, width)))
        return {k: v.unflatten(0, (batch, views)) for k, v in found.items()} | {"w2c": w2c, "focal": focal}
