"""The multi-view transformer: pictures of one window in; depth, confidence, poses and focal lengths out.

    images (B, S, 3, H, W) in [0, 1]; H, W multiples of 16        focal_hint (B, S, 2): fx / W, fy / H; 0 = unknown; negative: only
                                                                  their ratio is known (a picture with square pixels, stretched)
    -> depth (B, S, H, W)   z-depth in submap units (the window's mean point norm is about 1)
       conf  (B, S, H, W)   >= 1, larger is surer
       quat  (B, S, 4)      submapFromCamera, w x y z, unit length      trans (B, S, 3)   x_submap = R x_camera + t
       focal (B, S, 2)      fx / W, fy / H; the principal point is taken to be the centre

The submap is the first view's camera frame: its pose is the identity by construction.

A convolutional stem makes one token per 16 x 16 patch; four special tokens a view (another set for the first view) carry what belongs
to the whole view. Blocks alternate between attention inside a view and across the window. A light convolutional decoder turns
patch tokens and the stem's finer maps into depth; a small block over the special tokens alone gives the poses.
"""

from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .attention import Attention, Rope, rope_2d


@dataclass(frozen=True)
class Config:
    dim: int = 384
    heads: int = 6
    blocks: int = 14
    global_blocks: tuple[int, ...] = (2, 4, 6, 8, 10, 12)
    depth_from: tuple[int, ...] = (5, 9, 13)  # blocks whose output the depth decoder reads
    match_after: int = 4  # block whose output the matching loss reads
    specials: int = 4
    stem: tuple[int, int] = (96, 192)  # channels at stride 4 and 8
    decoder: tuple[int, int, int] = (192, 128, 64)  # channels at stride 16, 8, 4
    band: int = 1  # rows of patches that follow one another column by column: an order of the tokens, not another model (see `band_order`)

    @staticmethod
    def toy() -> "Config":
        """Small enough to train on a CPU within a test."""
        return Config(dim=64, heads=2, blocks=4, global_blocks=(1, 3), depth_from=(1, 3), match_after=1, stem=(16, 32), decoder=(32, 16, 16))

    @staticmethod
    def from_dict(d: dict) -> "Config":
        return Config(**{k: tuple(v) if isinstance(v, list) else v for k, v in d.items()})

    def to_dict(self) -> dict:
        return asdict(self)


def band_order(rows: int, cols: int, band: int, device=None) -> Tensor:
    """Patches (numbered row by column) in bands of `band` rows, column by column inside a band, so that b patches in a row are a tile of
    band x b / band neighbours. Dense attention does not mind the order. A sparse student's blocks are cut from it: of 16 patches row by row
    a block is the whole width of a picture, and its mean key says little about any of them. Arithmetic only: sizes may stay open in an export."""
    place = torch.arange(rows * cols, device=device)
    top = place // (band * cols) * band
    height = (rows - top).clamp(max=band)  # the last band may be lower
    inside = place - top * cols
    return (top + inside % height) * cols + inside // height


def norm_gelu(x: Tensor, weight: Tensor) -> Tensor:
    """RMS norm over the last dimension, then GELU."""
    x32 = x.float()
    return F.gelu(x32 * torch.rsqrt(x32.square().mean(-1, keepdim=True) + 1e-6) * weight).to(x.dtype)


def reordered(x: Tensor, order: Tensor | None) -> Tensor:
    """Tokens (I, n, C) in another order; None: as they are."""
    return x if order is None else x[:, order]


class NormGelu(nn.Module):
    """`norm_gelu` over the channels of a map (I, C, h, w); free of copies when the map is stored channels last."""

    def __init__(self, channels: int):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.rows = norm_gelu  # training puts a compiled one here

    def forward(self, x: Tensor) -> Tensor:
        pictures, channels, height, width = x.shape
        y = self.rows(x.permute(0, 2, 3, 1).reshape(-1, channels), self.weight)
        return y.reshape(pictures, height, width, channels).permute(0, 3, 1, 2)


class Stem(nn.Module):
    """Pictures (I, 3, H, W) -> tokens' map (I, C, H/16, W/16) and the finer maps at stride 4 and 8 for the depth decoder."""

    def __init__(self, c: Config):
        super().__init__()
        a, b = c.stem
        self.first = nn.Conv2d(3, a, 7, 4, 3)
        self.same = nn.Conv2d(a, a, 3, 1, 1)
        self.down8 = nn.Conv2d(a, b, 3, 2, 1)
        self.down16 = nn.Conv2d(b, c.dim, 3, 2, 1)
        self.norm4, self.norm4b, self.norm8 = NormGelu(a), NormGelu(a), NormGelu(b)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x4 = self.norm4(self.first((images - 0.45) * 4.0))
        x4 = x4 + self.norm4b(self.same(x4))
        x8 = self.norm8(self.down8(x4))
        return self.down16(x8), x4, x8


class Block(nn.Module):
    """Pre-norm attention and MLP. The residual stream x (I, N, C), I = B * S pictures, stays in float32."""

    def __init__(self, dim: int, heads: int, kind: str, name: str, specials: int = 0):
        super().__init__()
        self.specials = specials
        self.norm1, self.norm2 = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.attention = Attention(dim, heads, kind, f"{name}.attention")
        self.up, self.down = nn.Linear(dim, 4 * dim), nn.Linear(4 * dim, dim)
        self.scale1, self.scale2 = nn.Parameter(torch.full((dim,), 0.2)), nn.Parameter(torch.full((dim,), 0.2))

    def forward(self, x: Tensor, rope: Rope, views: int) -> Tensor:
        """rope: of one view's N tokens."""
        h = self.norm1(x)
        if self.attention.kind == "global":
            pictures, tokens, dim = h.shape
            wide = tuple(r.repeat(views, 1) for r in rope)
            h = self.attention(h.reshape(pictures // views, views * tokens, dim), wide, views=views).reshape(pictures, tokens, dim)
        else:
            h = self.attention(h, rope)
        return self.feed(x + self.scale1 * h)

    def feed(self, x: Tensor) -> Tensor:
        return x + self.scale2 * self.down(F.gelu(self.up(self.norm2(x))))

    # The same in three parts, for training: the token-wise work before and after treats all tokens of a batch as one long row of
    # tokens, so that one compilation serves all sizes and view counts; the attention between them goes to the library kernel.
    def before(self, x: Tensor, rope: Rope) -> tuple[Tensor, Tensor, Tensor]:
        """x (1, I * N, C), rope of every token -> q, k, v (1, I * N, heads, head_dim), contiguous: views join without a copy."""
        return tuple(t.transpose(1, 2).contiguous() for t in self.attention.project(self.norm1(x), rope))

    def after(self, x: Tensor, o: Tensor) -> Tensor:
        """x, o (1, I * N, C)."""
        return self.feed(x + self.scale1 * self.attention.proj(o))

    def forward_parts(self, x: Tensor, rope: Rope, views: int, keep: float = 1.0) -> Tensor:
        """rope: of all I * N tokens. With keep < 1 a global layer is shown a share of its keys, the same for the whole batch: what
        a sparse student will have to do with, and less work. Special tokens are always seen."""
        pictures, tokens, dim = x.shape
        row = x.reshape(1, pictures * tokens, dim)
        groups = pictures // views if self.attention.kind == "global" else pictures
        q, k, v = (t.reshape(groups, -1, *t.shape[2:]).transpose(1, 2) for t in self.before(row, rope))
        if keep < 1 and self.attention.kind == "global":
            seen = torch.rand(views, tokens, device=x.device)
            seen[:, : self.specials] = -1.0
            seen = seen.flatten().argsort()[: views * self.specials + round(keep * views * (tokens - self.specials))]
            k, v = k[:, :, seen], v[:, :, seen]
        o = F.scaled_dot_product_attention(q, k, v)
        return self.after(row, o.transpose(1, 2).reshape(row.shape)).reshape(x.shape)


class Fuse(nn.Module):
    """One step of the decoder: upsample by two, add the stem's map, convolve."""

    def __init__(self, cin: int, skip: int, cout: int):
        super().__init__()
        self.reduce, self.skip, self.conv, self.norm = nn.Conv2d(cin, cout, 1), nn.Conv2d(skip, cout, 1), nn.Conv2d(cout, cout, 3, 1, 1), NormGelu(cout)

    def forward(self, x: Tensor, skip: Tensor) -> Tensor:
        x = F.interpolate(self.reduce(x), scale_factor=2.0, mode="bilinear", align_corners=False) + self.skip(skip)
        return x + self.norm(self.conv(x))


class DepthHead(nn.Module):
    """Patch tokens of several blocks and the stem's maps -> log-depth and confidence at full resolution."""

    def __init__(self, c: Config):
        super().__init__()
        d16, d8, d4 = c.decoder
        self.inputs = nn.ModuleList(nn.Linear(c.dim, d16) for _ in c.depth_from)
        self.norms = nn.ModuleList(nn.LayerNorm(c.dim) for _ in c.depth_from)
        self.mix, self.norm = nn.Conv2d(d16, d16, 3, 1, 1), NormGelu(d16)
        self.to8, self.to4 = Fuse(d16, c.stem[1], d8), Fuse(d8, c.stem[0], d4)
        self.last = nn.Conv2d(d4, d4, 3, 1, 1)
        self.norm_last = NormGelu(d4)
        self.out = nn.Conv2d(d4, 32, 1)  # 2 values for each of the 4 x 4 pixels

    def forward(self, tokens: list[Tensor], x4: Tensor, x8: Tensor, rows: int, cols: int) -> tuple[Tensor, Tensor]:
        x = sum(linear(norm(t)) for linear, norm, t in zip(self.inputs, self.norms, tokens))
        x = x.reshape(x.shape[0], rows, cols, -1).permute(0, 3, 1, 2)
        x = x + self.norm(self.mix(x))
        x = self.to4(self.to8(x, x8), x4)
        x = x + self.norm_last(self.last(x))
        x = F.pixel_shuffle(self.out(x), 4).float()
        return x[:, 0], x[:, 1]


class Teacher(nn.Module):
    """The dense model. `fast` (training on a GPU) runs the blocks in parts and may hold compiled pieces; the result is the same."""

    def __init__(self, config: Config = Config()):
        super().__init__()
        c = self.config = config
        self.stem = Stem(c)
        self.special = nn.Parameter(torch.randn(2, c.specials, c.dim) * 0.02)  # first view, other views
        self.hint = nn.Linear(5, c.dim)
        self.blocks = nn.ModuleList(Block(c.dim, c.heads, "global" if i in c.global_blocks else "frame", f"blocks.{i}", c.specials) for i in range(c.blocks))
        self.depth_head = DepthHead(c)
        # "frame" here only says: not one of the layers a conversion replaces. It mixes S x 4 tokens.
        self.camera_norm, self.camera_block = nn.LayerNorm(c.dim), Block(c.dim, c.heads, "frame", "camera_block")
        self.pose = nn.Sequential(nn.LayerNorm(c.dim), nn.Linear(c.dim, c.dim), nn.GELU(), nn.Linear(c.dim, 8))
        self.lens = nn.Sequential(nn.LayerNorm(c.dim), nn.Linear(c.dim, c.dim), nn.GELU(), nn.Linear(c.dim, 2))
        # only for training: descriptors for the matching loss, and a ray (camera centre, direction) per patch in the submap
        self.describe, self.ray = nn.Linear(c.dim, 64), nn.Linear(c.dim, 6)
        self.fast = False
        for m in self.modules():
            if isinstance(m, nn.Linear):
                nn.init.normal_(m.weight, std=m.in_features**-0.5 * 0.7)
                if m.bias is not None:
                    nn.init.zeros_(m.bias)
        with torch.no_grad():
            for last in (self.pose[-1], self.lens[-1]):
                last.weight.mul_(0.2)
            self.pose[-1].bias[0] = 1.0
            self.pose[-1].bias[7] = -1.5
            self.lens[-1].bias.fill_(-0.1)
            self.depth_head.out.weight.mul_(0.3)

    def load_state_dict(self, weights, *args, **named):
        """Takes weights from before the hint knew of stretching: that feature then counts for nothing."""
        hint = weights.get("hint.weight")
        if hint is not None and hint.shape[1] < self.hint.in_features:
            weights = {**weights, "hint.weight": F.pad(hint, (0, self.hint.in_features - hint.shape[1]))}
        return super().load_state_dict(weights, *args, **named)

    def forward(self, images: Tensor, focal_hint: Tensor | None = None) -> dict[str, Tensor]:
        return {k: v for k, v in self.everything(images, focal_hint).items() if k in ("depth", "conf", "quat", "trans", "focal")}

    def everything(self, images: Tensor, focal_hint: Tensor | None = None, training: bool = False, keep: float = 1.0) -> dict[str, Tensor]:
        """As `forward`, and what the losses need: log_depth, sureness; with `training` also descriptors and rays per patch.

        keep < 1: global attention sees only that share of the patches, drawn anew in every layer (see `Block.forward_parts`)."""
        c = self.config
        batch, views, _, height, width = images.shape
        rows, cols = height // 16, width // 16
        flat = images.reshape(batch * views, 3, height, width)
        if images.is_cuda:
            flat = flat.contiguous(memory_format=torch.channels_last)
        x16, x4, x8 = self.stem(flat)
        patches = x16.flatten(2).transpose(1, 2)
        order = band_order(rows, cols, c.band, images.device) if c.band > 1 else None
        back = None if order is None else order.argsort()
        patches = reordered(patches, order)
        special = torch.cat([self.special[:1], self.special[1:].expand(views - 1, -1, -1)])
        special = special.expand(batch, views, c.specials, c.dim).reshape(batch * views, c.specials, c.dim)
        x = torch.cat([special.to(patches.dtype), patches], 1).float()
        wide, high = (torch.scalar_tensor(n, dtype=torch.float32, device=images.device) for n in (width, height))  # stays open in an export
        x = x + self.hint(self.hint_features(focal_hint, batch, views, wide / high, images)).float()[:, None]
        rope = rope_2d(rows, cols, c.specials, c.dim // c.heads, device=images.device)
        if order is not None:
            rope = tuple(torch.cat([r[: c.specials], r[c.specials :][order]]) for r in rope)
        if self.fast or keep < 1:
            rope = tuple(r.repeat(batch * views, 1) for r in rope)
        kept, match = [], None
        for i, block in enumerate(self.blocks):
            x = block.forward_parts(x, rope, views, keep) if self.fast or keep < 1 else block(x, rope, views)
            if i in c.depth_from:
                kept.append(reordered(x[:, c.specials :], back))
            if i == c.match_after:
                match = x
        log_depth, conf = self.depth_head(kept, x4, x8, rows, cols)
        shape = (batch, views, height, width)
        sureness = conf.clamp(max=8.0) - 1.0  # log of the confidence, but for softplus, which keeps that above 0
        out = {"log_depth": log_depth.clamp(-8, 8).reshape(shape), "sureness": sureness.reshape(shape)}
        out |= {"depth": out["log_depth"].exp(), "conf": F.softplus(out["sureness"]).exp(), **self.cameras(x[:, : c.specials], batch, views)}
        if training:
            out["describe"] = self.describe(reordered(match[:, c.specials :], back)).reshape(batch, views, rows * cols, 64)
            out["ray"] = self.ray(reordered(x[:, c.specials :], back)).reshape(batch, views, rows * cols, 6)
        return out

    def hint_features(self, hint: Tensor | None, batch: int, views: int, aspect: Tensor, like: Tensor) -> Tensor:
        """(I, 5): is the focal length known, log fx / W and log fy / H if so, the picture's shape, and log fx / fy in pixels if known."""
        if hint is None:
            hint = like.new_zeros(batch, views, 2)
        hint = hint.reshape(batch * views, 2)
        known = (hint[:, :1] > 0).float()
        logs = (hint.clamp(min=1e-3).log() + 0.1) * known
        shape = torch.zeros_like(known) + torch.log(aspect)
        sizes = hint.abs().clamp(min=1e-6).log()
        stretch = (sizes[:, :1] - sizes[:, 1:] + shape) * (hint[:, :1] != 0).float()
        return torch.cat([known, logs, shape, stretch], 1)

    def cameras(self, special: Tensor, batch: int, views: int) -> dict[str, Tensor]:
        c = self.config
        s = self.camera_norm(special).reshape(batch, views * c.specials, c.dim)
        still = (torch.ones(views * c.specials, c.dim // c.heads // 2, device=s.device), torch.zeros(views * c.specials, c.dim // c.heads // 2, device=s.device))
        s = self.camera_block(s.float(), still, 1).reshape(batch, views, c.specials, c.dim)
        p = self.pose(s[:, :, 0]).float()
        quat, trans = F.normalize(p[..., :4], dim=-1), p[..., 4:7] * p[..., 7:].clamp(-6, 3).exp()
        first = (torch.arange(views, device=p.device) == 0)[None, :, None]  # the first view is the submap's frame
        quat = torch.where(first, torch.tensor([1.0, 0.0, 0.0, 0.0], device=p.device), quat)
        trans = torch.where(first, torch.zeros_like(trans), trans)
        return {"quat": quat, "trans": trans, "focal": self.lens(s[:, :, 1]).float().clamp(-3, 3).exp()}


def rotation_matrix(q: Tensor) -> Tensor:
    """Unit quaternions (..., 4) w x y z -> matrices (..., 3, 3)."""
    w, x, y, z = q.unbind(-1)
    return torch.stack([1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y), 2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
                        2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)], -1).unflatten(-1, (3, 3))
