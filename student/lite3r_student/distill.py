"""Partial attention distillation: teach the linear branch to say what sparsity left out, and nothing else.

Teacher (dense, frozen) and student see the same images. "Partial": only the attention blocks' outputs are compared, not depth or pose.

Closed form. A layer answers o_s + o_l P with P the only unknown, and P enters linearly; so for fixed inputs the best P in the
squared sense is a ridge regression over calibration tokens, one d x d system per head (or one per layer when P is shared):

    P = (A + r I)^-1 B,   A = sum o_l^T o_l,   B = sum o_l^T (o_teacher - o_s),   r = ridge x mean diagonal of A

The ridge matters: with phi = softmax the linear branch's outputs are nearly collinear, and a fixed r of 1e-3 fitted on four kinds of scenes
quadrupled the error on others. So r is cross-validated, layer by layer. With `rescale`, the row [o_s, o_l] takes the place of o_l and the system is 2d x 2d. Layers are solved from the input side with the converted
ones in front, so that later layers see the earlier ones' errors, and FP8's when it is on. No gradient, no labels, seconds.
`inputs="teacher"` solves all layers at once on the teacher's own activations instead: the spike measured a larger attention error for it and
no worse depth and poses.

Gradient. All layers at once, which the closed form cannot: loss = task + gamma x mean over layers of MSE(student, teacher), on
the outputs of the attention layers (after their output projection); gamma falls from 0.1 to 0.01 along a cosine; AdamW, lr 1e-3 falling to a
tenth, weight decay 0.05, one short run (published runs of 20 epochs drifted). The task is a loss between the two models' answers
(`imitation.py` for our own model). Without one, gamma only scales a loss that AdamW does not mind being scaled, and a lower rate (1e-4) does better.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from .convert import sparse_mixers
from .sparse import split_specials


class _Stop(Exception):
    """Leaves a forward pass once the layer of interest has been seen."""


@contextmanager
def recorded(model: nn.Module, names: Iterable[str], *, stop_after: str | None = None):
    """Within the block, each call of a named module leaves (args, kwargs, output) in the dictionary that is yielded."""
    seen, handles = {}, []

    def hook_for(name):
        def hook(module, args, kwargs, output):
            seen[name] = (args, kwargs, output)
            if name == stop_after:
                raise _Stop

        return hook

    for name in names:
        handles.append(model.get_submodule(name).register_forward_hook(hook_for(name), with_kwargs=True))
    try:
        yield seen
    finally:
        for handle in handles:
            handle.remove()


def record(model: nn.Module, run: Callable, names: Sequence[str], *, stop_after: str | None = None) -> dict:
    with recorded(model, names, stop_after=stop_after) as seen:
        try:
            run(model)
        except _Stop:
            pass
    missing = [name for name in names if name not in seen]
    if missing:
        raise ValueError(f"not called in the forward pass: {', '.join(missing)}")
    return seen


RIDGES = (1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0)


@torch.no_grad()
def closed_form(student: nn.Module, teacher: nn.Module, runs: Sequence[Callable], *, ridge: float | None = None, inputs: str = "student") -> dict:
    """Sets every projection of `student` by ridge regression. `runs` are functions that feed one calibration batch to the model they
    are given: run(model). Returns name -> (error before, error after): squared error of o over energy of the teacher's o.

    Without a `ridge`, every layer chooses its own from RIDGES, or P = 0, by two-fold cross-validation: even batches fit what odd ones
    judge, and the other way round. Feed kinds of scenes in turn, then it is judged on kinds it was not fitted to. The reported error
    after is then the cross-validated one."""
    if inputs not in ("student", "teacher"):
        raise ValueError(f"inputs must be student or teacher, not {inputs!r}")
    if ridge is None and len(runs) < 2:
        raise ValueError("choosing a ridge takes two calibration batches or more")
    mixers, report = sparse_mixers(student), {}
    if not mixers:
        raise ValueError("the student has no sparse attention layer")
    answers = [record(teacher, run, list(mixers)) for run in runs]  # the teacher never changes: asked once
    if inputs == "student":  # then only its outputs are needed, a quarter of what was recorded
        answers = [{name: (None, None, output) for name, (*_, output) in answer.items()} for answer in answers]
    for name, mixer in mixers.items():
        folds, energy = [None, None], 0.0
        for i, (run, answer) in enumerate(zip(runs, answers)):
            target = answer[name][2]  # B h N d
            args, kwargs, _ = answer[name] if inputs == "teacher" else record(student, run, [name], stop_after=name)[name]
            row, residual = regression_rows(mixer, *args, target=target, views=kwargs.get("views", 1))  # B h n c, B h n d
            sums = (torch.einsum("bhnc,bhne->hce", row, row), torch.einsum("bhnc,bhnd->hcd", row, residual), residual.square().sum())
            if not mixer.recipe.per_head:
                sums = (sums[0].sum(0, keepdim=True), sums[1].sum(0, keepdim=True), sums[2])
            folds[i % 2] = sums if folds[i % 2] is None else tuple(x + y for x, y in zip(folds[i % 2], sums))
            energy += target.double().square().sum()
        both = tuple(x + y for x, y in zip(*folds)) if folds[1] is not None else folds[0]
        if ridge is None:
            judged = {r: sum(squared_error(solve(fit, r), judge) for fit, judge in (folds, folds[::-1])) for r in RIDGES}
            best = min(judged, key=judged.get)
            after = min(judged[best], both[2])
            solution = solve(both, best) if judged[best] < both[2] else torch.zeros_like(both[1])
        else:
            solution = solve(both, ridge)
            after = squared_error(solution, both)
        set_projections(mixer, solution)
        report[name] = (float(both[2] / energy), float(after / energy))
    return report


def solve(sums, ridge: float) -> Tensor:
    """P (h, c, d) from (A (h, c, c), B (h, c, d), |residual|^2)."""
    normal, right, _ = sums
    diagonal = normal.diagonal(dim1=-2, dim2=-1)
    regular = normal + torch.diag_embed(ridge * diagonal.mean(-1, keepdim=True).expand_as(diagonal).clamp_min(1e-30))
    return torch.linalg.solve(regular, right)


def squared_error(solution: Tensor, sums) -> Tensor:
    """|residual - row P|^2 = |residual|^2 - 2 P . B + P . A P: from the sums alone, so judging a P costs nothing."""
    normal, right, square = sums
    return square - 2 * (solution * right).sum() + (solution * (normal @ solution)).sum()


def regression_rows(mixer, q: Tensor, k: Tensor, v: Tensor, *, target: Tensor, views: int) -> tuple[Tensor, Tensor]:
    """What multiplies P, and what it should come to, at the patch tokens: (B, h, n, c) and (B, h, n, d) in float64."""
    branches = mixer.branches(q, k, v, views)
    o_s, o_l, target = (split_specials(x.double(), views, mixer.recipe.specials)[1] for x in (*branches, target))
    return (torch.cat([o_l, o_s], -1) if mixer.recipe.rescale else o_l), target - o_s


def set_projections(mixer, solution: Tensor):
    """solution (h or 1, c, d): the linear projection's rows first."""
    d = mixer.linear_projection.shape[1]
    mixer.linear_projection.copy_(solution[:, :d])
    if mixer.sparse_projection is not None:
        mixer.sparse_projection.copy_(solution[:, d:])


def attention_layers(student: nn.Module) -> list[str]:
    """Names of the layers that hold the sparse mixers: theirs is the output the distillation compares."""
    return [name.rpartition(".")[0] for name in sparse_mixers(student)]


def gamma_at(step: int, steps: int, start: float = 0.1, end: float = 0.01) -> float:
    """Cosine from `start` to `end`."""
    return end + (start - end) * (1 + math.cos(math.pi * step / max(steps - 1, 1))) / 2


def distill(student: nn.Module, teacher: nn.Module, batches: Iterable[Callable], *, steps: int, learning_rate: float = 1e-3,
            weight_decay: float = 0.05, task_loss: Callable | None = None) -> list[float]:
    """Trains the projections by gradient. `batches` yields functions run(model) -> output; `task_loss(student's output, teacher's output)`
    is optional. Returns the mean attention MSE of every step."""
    layers, losses = attention_layers(student), []
    learning = [p for p in student.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(learning, lr=learning_rate, weight_decay=weight_decay)
    for step, run in zip(range(steps), batches):
        for group in optimiser.param_groups:
            group["lr"] = learning_rate * (1 - 0.9 * step / steps)
        with torch.no_grad(), recorded(teacher, layers) as wanted:
            answer = run(teacher)
        with recorded(student, layers) as got:
            output = run(student)
        attention = torch.stack([(got[n][2] - wanted[n][2]).square().mean() for n in layers]).mean()
        loss = gamma_at(step, steps) * attention
        if task_loss is not None:
            loss = loss + task_loss(output, answer)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        losses.append(attention.item())
    if len(losses) < steps:
        raise ValueError(f"the batches ended after {len(losses)} of {steps} steps")
    return losses


@torch.no_grad()
def attention_error(student: nn.Module, teacher: nn.Module, runs: Sequence[Callable]) -> dict:
    """Layer -> squared error of the attention layer's output over the energy of the teacher's, each model on its own inputs."""
    layers = attention_layers(student)
    error, energy = dict.fromkeys(layers, 0.0), dict.fromkeys(layers, 0.0)
    for run in runs:
        got, wanted = record(student, run, layers), record(teacher, run, layers)
        for name in layers:
            error[name] += (got[name][2] - wanted[name][2]).square().sum().item()
            energy[name] += wanted[name][2].square().sum().item()
    return {name: error[name] / energy[name] for name in layers}
