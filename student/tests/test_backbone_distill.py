"""Distillation of a converted backbone: it learns, it can be cut off anywhere, and several processes make one run."""

import os
import socket
import subprocess
import sys

import pytest
import torch

from lite3r_student.backbones import convert, da3, distill
from lite3r_student.backbones.parity import randomise
from lite3r_student.sparse import SparseRecipe

IMAGES = [torch.rand(1, 3, 3, 28, 42, generator=torch.Generator().manual_seed(i)) for i in range(4)]


def pair():
    """A teacher of toy width and its student before any distillation."""
    torch.set_num_threads(1)
    teacher = da3.DepthAnything3(da3.Config.toy(), "first").eval()
    randomise(teacher)
    return convert.student_from_teacher(teacher, convert.recipe_for(teacher, SparseRecipe(keep=0.3, block=2, specials=1), fp8=False)), teacher


def run(state, window=lambda step: IMAGES[step % 4], **options):
    student, teacher = pair()
    said = []
    distill.train(student, teacher, window, **{"steps": 8, "every": 1, "state": state, "say": said.append} | options)
    return torch.cat([p.detach().flatten() for p in distill.learning(student).values()]), said


def test_what_the_attention_lost_is_learnt_back(tmp_path):
    _, said = run(tmp_path / "state.pt", window=lambda step: IMAGES[0])
    first, last = (float(line.rsplit(" ", 1)[1]) for line in (said[0], said[-1]))
    assert last < first


def test_a_run_that_was_cut_off_ends_with_the_bits_of_one_that_was_not(tmp_path):
    whole, _ = run(tmp_path / "whole.pt")
    assert whole.abs().max() > 0
    run(tmp_path / "cut.pt", until=3)
    again, said = run(tmp_path / "cut.pt")
    assert said[0].endswith("going on at step 3") and torch.equal(again, whole)


def test_a_run_of_another_length_is_not_continued(tmp_path):
    run(tmp_path / "state.pt", until=1)
    with pytest.raises(ValueError, match="belongs to a run of 8 steps, not of 9"):
        run(tmp_path / "state.pt", steps=9)


PROCESS = """
import os, sys, torch
sys.path.insert(0, sys.argv[1])
import test_backbone_distill as t
rank = int(os.environ["RANK"])
torch.distributed.init_process_group("gloo")
got, _ = t.run(t.torch_path(sys.argv[2]), window=lambda step: t.IMAGES[(2 * step + rank) % 4], steps=2, first=rank == 0)
torch.save(got, f"{sys.argv[2]}/{rank}.pt")
torch.distributed.destroy_process_group()
"""


def torch_path(folder):
    from pathlib import Path

    return Path(folder) / "state.pt"


def test_two_processes_end_with_the_same_projections_from_both_their_windows(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    here = os.path.dirname(os.path.abspath(__file__))
    world = [subprocess.Popen([sys.executable, "-c", PROCESS, here, str(tmp_path)], cwd=os.path.dirname(here),
                              env=os.environ | {"RANK": str(rank), "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}) for rank in (0, 1)]
    assert [process.wait(timeout=120) for process in world] == [0, 0]
    a, b = (torch.load(tmp_path / f"{rank}.pt", weights_only=True) for rank in (0, 1))
    assert torch.equal(a, b)
    alone, _ = run(tmp_path / "alone.pt", window=lambda step: IMAGES[2 * step % 4], steps=2)
    assert not torch.equal(a, alone)
