"""Muon for the matrices of the blocks, AdamW for the rest, warm-up - stable - decay by the clock.

Muon (momentum, then the nearest orthogonal matrix by Newton-Schulz) makes every direction of a weight matrix learn at the same rate.
q, k and v share one matrix and are orthogonalised on their own. Matrices of equal shape go through the iteration as one batch.
"""

import torch
from torch import Tensor, nn


@torch.no_grad()
def orthogonal(g: Tensor, steps: int = 5) -> Tensor:
    """Newton-Schulz: (n, rows, cols) -> about U V^T of each, in bfloat16 (float32 on the CPU)."""
    x = g.bfloat16() if g.is_cuda else g.float()
    tall = x.shape[1] > x.shape[2]
    if tall:
        x = x.transpose(1, 2)
    x = x / (x.float().norm(dim=(1, 2), keepdim=True) + 1e-7).to(x.dtype)
    for _ in range(steps):
        a = x @ x.transpose(1, 2)
        x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
    return x.transpose(1, 2) if tall else x


class Muon:
    """groups: parameters (rows, cols) by shape; `parts` says in how many row blocks a matrix is treated."""

    def __init__(self, matrices: list[tuple[str, Tensor]], momentum: float = 0.95, decay: float = 0.01):
        self.momentum, self.decay = momentum, decay
        self.groups: dict[tuple, list[tuple[Tensor, int]]] = {}
        for name, p in matrices:
            parts = 3 if name.endswith("qkv.weight") else 1
            self.groups.setdefault((p.shape[0] // parts, p.shape[1]), []).append((p, parts))
        self.buffers = {shape: torch.zeros(sum(n for _, n in ps), *shape, device=ps[0][0].device) for shape, ps in self.groups.items()}

    @torch.no_grad()
    def step(self, lr: float) -> None:
        for shape, ps in self.groups.items():
            g = torch.cat([p.grad.float().reshape(n, *shape) for p, n in ps])
            buffer = self.buffers[shape]
            buffer.lerp_(g, 1 - self.momentum)
            update = orthogonal(g.lerp(buffer, self.momentum)).float() * max(1.0, shape[0] / shape[1]) ** 0.5
            matrices = [p for p, _ in ps]
            torch._foreach_mul_(matrices, 1 - lr * self.decay)
            torch._foreach_add_(matrices, [u.reshape(p.shape) for (p, _), u in zip(ps, update.split([n for _, n in ps]))], alpha=-lr)

    def state_dict(self) -> dict:
        return {str(k): v for k, v in self.buffers.items()}

    def load_state_dict(self, state: dict) -> None:
        for k, v in self.buffers.items():
            v.copy_(state[str(k)])


class Optimiser:
    """Both, over one flat gradient, so that a single all-reduce joins the processes."""

    def __init__(self, model: nn.Module, lr: float = 1.2e-3, muon_lr: float = 0.015):
        named = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
        self.flat = torch.zeros(sum(p.numel() for _, p in named), device=named[0][1].device)
        self.params, self.views, at = [p for _, p in named], [], 0
        for _, p in named:
            self.views.append(self.flat[at : at + p.numel()].view_as(p))
            at += p.numel()
        matrices = [(n, p) for n, p in named if p.ndim == 2 and "block" in n]
        ids = {id(p) for _, p in matrices}
        rest = [p for _, p in named if id(p) not in ids]
        self.lr, self.muon_lr = lr, muon_lr
        self.muon = Muon(matrices)
        wide, thin = [p for p in rest if p.ndim > 1], [p for p in rest if p.ndim < 2]
        self.adam = torch.optim.AdamW([{"params": wide, "weight_decay": 0.01}, {"params": thin, "weight_decay": 0.0}], lr=lr, betas=(0.9, 0.98), fused=self.flat.is_cuda)
        self.rest_params = rest

    def zero(self) -> None:
        for p in self.params:
            p.grad = None

    def drop_spoilt(self) -> Tensor:
        """A gradient with a number that is not finite, from whichever process, becomes zero, so that one bad picture costs one step and not
        the run. -> 1 if so, else 0; decided on the device, since asking would make the host wait for it."""
        spoilt = ~self.flat.sum().isfinite()
        self.flat.nan_to_num_(0, 0, 0).mul_(~spoilt)
        return spoilt.float()

    def gather(self) -> None:
        """Copies the gradients into the flat buffer and lets them be views of it."""
        torch._foreach_copy_(self.views, [p.grad if p.grad is not None else torch.zeros_like(p) for p in self.params])
        for p, v in zip(self.params, self.views):
            p.grad = v

    def step(self, factor: float) -> None:
        """factor: of the schedule."""
        torch.nn.utils.clip_grad_norm_(self.rest_params, 1.0, foreach=True)
        self.muon.step(self.muon_lr * factor)
        for g in self.adam.param_groups:
            g["lr"] = self.lr * factor
        self.adam.step()

    def state_dict(self) -> dict:
        return {"muon": self.muon.state_dict(), "adam": self.adam.state_dict()}

    def load_state_dict(self, state: dict) -> None:
        self.muon.load_state_dict(state["muon"])
        self.adam.load_state_dict(state["adam"])


def schedule(progress: float, step: int, decay_from: float, warm: int = 150) -> float:
    """progress: share of the run's time that has passed. Linear warm-up by steps, constant, linear decay to 1 %."""
    up = min(1.0, (step + 1) / warm)
    down = 1.0 if progress < decay_from else max(0.01, (1 - progress) / (1 - decay_from))
    return up * down
