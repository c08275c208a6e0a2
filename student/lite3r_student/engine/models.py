"""Our own model and Depth-Anything-3 with their layers exchanged for those of layers.py. Poses, focal lengths and the last exponentials stay in float32."""

import copy

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..backbones import da3, dpt
from ..backbones.pose import decode, inverse
from ..model import Teacher
from .layers import HalfAttention, HalfConv, HalfLinear, replace_each


class HalfDepthAnything3(nn.Module):
    """images (1, S, 3, H, W) -> depth, conf, w2c, focal, as da3.DepthAnything3. The reference view is the first: others would be gathered and put back."""

    patch, specials, least_views, rounded = da3.PATCH, 1, 3, "model.backbone.pretrained.blocks."

    def __init__(self, model: da3.DepthAnything3):
        super().__init__()
        if model.reference != "first":
            raise ValueError(f"an engine's reference view is the first, not the {model.reference} one; build the model with reference='first'")
        self.model = m = copy.deepcopy(model).requires_grad_(False).eval()
        del m.cam_enc  # only for given poses
        for i, block in enumerate(m.backbone.pretrained.blocks):
            block.attn = HalfAttention(block.attn, quarters=i >= m.config.alternate)
            block.mlp.fc1, block.mlp.fc2 = HalfLinear(block.mlp.fc1), HalfLinear(block.mlp.fc2)
        m.backbone.half()
        m.head.half()

    def tables(self, height: int, width: int) -> tuple:
        position, ropes = self.model.tables(height, width)
        return position.half(), {kind: tuple(t.flatten(1).half() for t in rope) for kind, rope in ropes.items()}

    def forward(self, images: Tensor, tables: tuple | None = None) -> dict[str, Tensor]:
        m, (batch, views, _, height, width) = self.model, images.shape
        rows, cols = height // self.patch, width // self.patch
        position, ropes = tables or self.tables(height, width)
        ropes = {kind: tuple(t.unflatten(1, (2, -1)) for t in rope) for kind, rope in ropes.items()}
        layers = m.backbone.pretrained(((images - m.mean) / m.deviation).half(), None, list(range(views)), position, ropes)
        poses, focals = decode(m.cam_dec(layers[-1][:, :, 0].float()))
        dim, norm = m.config.dim, m.backbone.pretrained.norm
        layers = [torch.cat([x[..., :dim], norm(x[..., dim:])], -1)[:, :, 1:].flatten(0, 1) for x in layers]
        projected = [m.head.project(level, x, rows, cols) for level, x in enumerate(layers)]
        depth, conf = self.depth(m.head.maps(projected, height, width), height, width)
        return {"depth": depth.unflatten(0, (batch, views)), "conf": conf.unflatten(0, (batch, views)), "w2c": inverse(poses), "focal": focals}

    def depth(self, maps: list[Tensor], height: int, width: int) -> tuple[Tensor, Tensor]:
        """As dpt.Pyramid.depth, but exp in float32: in float16 it ends at 65504."""
        scratch = self.model.head.scratch
        x = scratch.output_conv1(dpt.fuse(scratch, maps))
        x = F.interpolate(x, size=(height, width), mode="bilinear", align_corners=True)
        depth, conf = scratch.output_conv2(dpt.with_place(x, height, width)).float().unbind(1)
        return depth.exp(), 1 + conf.exp()


class HalfTeacher(nn.Module):
    """Our own dense model. Its residual stream stays in float32, as in training; what passes products and convolutions is float16."""

    least_views, rounded = 2, "model.blocks."

    def __init__(self, model: Teacher):
        super().__init__()
        self.model = m = copy.deepcopy(model).requires_grad_(False).eval()
        m.fast = False
        for block in m.blocks:
            block.attention = HalfAttention(block.attention, quarters=False)
            block.up, block.down = HalfLinear(block.up), HalfLinear(block.down)
        replace_each(m, nn.Conv2d, HalfConv)
        for i in range(len(m.depth_head.inputs)):
            m.depth_head.inputs[i] = HalfLinear(m.depth_head.inputs[i])

    def forward(self, images: Tensor, focal_hint: Tensor) -> dict[str, Tensor]:
        return self.model(images, focal_hint)


def engine_model(model: nn.Module) -> nn.Module:
    if isinstance(model, da3.DepthAnything3):
        return HalfDepthAnything3(model)
    if isinstance(model, Teacher):
        return HalfTeacher(model)
    raise ValueError(f"no engine graph for {type(model).__name__}: there are Depth-Anything-3 and our own dense model")
