"""Partial attention distillation of a converted backbone on BlendedMVS: on one GPU or several, and it goes on where it was cut off.

    lite3r_student distill STUDENT OUT --blendedmvs ROOT --steps 2000
    torchrun --nproc-per-node 8 -m lite3r_student distill STUDENT OUT --blendedmvs ROOT --steps 2000

The teacher is the student without its conversion: they share every weight but the projections. Loss and schedule are those of ../distill.py (attention outputs
only, gamma along a cosine, AdamW). Every process takes its own windows; the projections' gradients, a few hundred kilobytes, are averaged after each step.
`OUT/state.pt` holds step, projections and optimiser; a run that finds it continues, and ends with the same bits as one that was not cut off.
"""

import os
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

from ..distill import attention_layers, gamma_at, record, recorded
from . import store


def learning(student: nn.Module) -> dict[str, Tensor]:
    return {name: p for name, p in student.named_parameters() if p.requires_grad}


def average_gradients(parameters):
    """Over all processes; nothing to do alone."""
    if torch.distributed.is_initialized():
        for p in parameters:
            torch.distributed.all_reduce(p.grad)
            p.grad /= torch.distributed.get_world_size()


def train(student: nn.Module, teacher: nn.Module, window: Callable[[int], Tensor], *, steps: int, state: Path, learning_rate: float = 1e-3,
          weight_decay: float = 0.05, every: int = 50, until: int | None = None, first: bool = True, say=print):
    """`window(step)` gives the images (1, S, 3, H, W) of a step of this process. `until`: stop early, as if cut off. `first`: this process writes."""
    projections, layers = learning(student), attention_layers(student)
    optimiser = torch.optim.AdamW(projections.values(), lr=learning_rate, weight_decay=weight_decay)
    begin = 0
    if state.exists():
        stored = torch.load(state, map_location="cpu", weights_only=True)
        if stored["steps"] != steps:
            raise ValueError(f"{state} belongs to a run of {stored['steps']} steps, not of {steps}: its schedule is another one. Take a new folder")
        begin = stored["step"]
        with torch.no_grad():
            for name, p in projections.items():
                p.copy_(stored["projections"][name])
        optimiser.load_state_dict(stored["optimiser"])
        say(f"{state}: going on at step {begin}")
    for step in range(begin, steps if until is None else until):
        images = window(step)
        with torch.no_grad():
            wanted = record(teacher, lambda model: model(images), layers)
        with recorded(student, layers) as got:
            student(images)
        attention = torch.stack([(got[n][2] - wanted[n][2]).square().mean() for n in layers]).mean()
        optimiser.zero_grad(set_to_none=True)
        (gamma_at(step, steps) * attention).backward()
        average_gradients(projections.values())
        optimiser.step()
        done = step + 1
        if first and (done % every == 0 or done in (steps, until)):
            say(f"step {done}: attention MSE {attention.item():.3e}")
            written = state.with_suffix(".new")
            torch.save({"step": done, "steps": steps, "projections": {n: p.detach() for n, p in projections.items()}, "optimiser": optimiser.state_dict()}, written)
            written.replace(state)  # whole or not at all


def add_arguments(parser):
    parser.add_argument("student", type=Path, help="folder that `convert --model` wrote")
    parser.add_argument("out", type=Path, help="folder for the distilled student and the state of the run")
    parser.add_argument("--blendedmvs", type=Path, required=True, help="folder of the data set as published (low resolution)")
    parser.add_argument("--steps", type=int, default=2000, help="about one epoch; long runs drift")
    parser.add_argument("--views", type=int, default=4)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--threads", type=int, default=1)


def main(args):
    from ..benchmark import load_window
    from ..datasets import blendedmvs

    torch.set_num_threads(args.threads)
    rank, world = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0))) if torch.cuda.is_available() else torch.device("cpu")
    if world > 1:
        torch.distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
    student, facts = store.load(args.student)
    teacher = store.load_teacher(args.student)
    if args.views < teacher.least_views:
        raise SystemExit(f"{facts['backbone']} gives no usable poses below {teacher.least_views} views; --views {args.views}")
    found = blendedmvs(args.blendedmvs)
    choices = found.windows(args.views, 10**9)
    shuffled = torch.randperm(len(choices), generator=torch.Generator().manual_seed(0)).tolist()

    def window(step: int) -> Tensor:
        at = step * world + rank
        for attempt in range(len(choices)):
            loaded = load_window(found, choices[shuffled[(at + attempt) % len(choices)]][1], tuple(facts["size"]))
            if loaded is not None:
                return (torch.from_numpy(loaded["images"])[None].float() / 255).to(device)
        raise ValueError(f"{args.blendedmvs}: not one window can be read")

    args.out.mkdir(parents=True, exist_ok=True)
    train(student.to(device), teacher.to(device), window, steps=args.steps, state=args.out / "state.pt", learning_rate=args.learning_rate, first=rank == 0)
    if rank == 0:
        store.save(args.out, student, facts | {"distillation": f"{args.steps} steps on {world} x BlendedMVS windows of {args.views}"})
        print(f"{args.out}: distilled; {len(found.skipped)} files skipped")
    if world > 1:
        torch.distributed.destroy_process_group()
