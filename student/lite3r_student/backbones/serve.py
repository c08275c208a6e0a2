"""A backbone in the words of the model contract, and frozen for one number of views and one size of picture.

The submap is the first view's camera frame, whatever view the network refers to: submapFromCamera_i = w2c_0 o inverse(w2c_i), so that the first
view is at the origin to the last bit. The network's unit is kept; a rigid change of frame does not touch it.
"""

import torch
from torch import Tensor, nn
from torch.utils import _pytree as pytree

from .pose import compose, inverse, quaternion_from_rotation


class InSubmap(nn.Module):
    """images (B, S, 3, H, W) in [0, 1] -> depth, conf (B, S, H, W), quat (B, S, 4) w x y z and trans (B, S, 3) of submapFromCamera, focal (B, S, 2)."""

    def __init__(self, model: nn.Module):
        super().__init__()
        self.model = model

    def forward(self, images: Tensor, focal_hint: Tensor | None = None, tables: tuple | None = None) -> dict[str, Tensor]:
        """`focal_hint` is what our own model takes; these networks have no use for it."""
        out = self.model(images, tables=tables)
        pose = compose(out["w2c"][:, :1], inverse(out["w2c"]))
        quat = quaternion_from_rotation(pose[..., :3])[..., [3, 0, 1, 2]]
        first = (torch.arange(images.shape[1], device=images.device) == 0)[:, None]
        return {"depth": out["depth"], "conf": out["conf"], "quat": torch.where(first, quat.new_tensor([1.0, 0.0, 0.0, 0.0]), quat),
                "trans": torch.where(first, torch.zeros_like(pose[..., 3]), pose[..., 3]), "focal": out["focal"]}


class OneSize(nn.Module):
    """One window (S, 3, H, W) of a fixed size, outputs in the contract's order. Positions and RoPE tables are constants of the graph."""

    def __init__(self, model: nn.Module, height: int, width: int):
        super().__init__()
        if height % model.patch or width % model.patch:
            raise ValueError(f"{height} x {width}: both sides must be multiples of {model.patch}")
        self.answers = InSubmap(model)
        with torch.no_grad():
            leaves, self.structure = pytree.tree_flatten(model.tables(height, width))
        for i, leaf in enumerate(leaves):
            self.register_buffer(f"table{i}", leaf.detach().clone())
        self.count = len(leaves)

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        tables = pytree.tree_unflatten([getattr(self, f"table{i}") for i in range(self.count)], self.structure)
        out = self.answers(images[None], tables=tables)
        return tuple(out[name][0].float() for name in ("depth", "conf", "quat", "trans", "focal"))
