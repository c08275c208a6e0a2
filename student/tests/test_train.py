"""The loop at toy size: it learns, it is deterministic, it goes on where it stopped, and weights travel in pieces."""

import argparse
import json

import pytest
import torch

from lite3r_student import checkpoint, data, train
from lite3r_student.model import Config, Teacher


def run(out, *words):
    parser = argparse.ArgumentParser()
    train.add_arguments(parser)
    torch.set_num_threads(1)
    train.main(parser.parse_args([str(out), "--toy", "--workers", "0", *map(str, words)]))
    return [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]


def test_the_loss_falls(tmp_path):
    rows = run(tmp_path, "--steps", 60)
    first, last = (sum(r["loss"] for r in part) / 10 for part in (rows[:10], rows[-10:]))
    assert last < 0.9 * first


def test_the_same_seed_gives_the_same_curve(tmp_path):
    a, b = run(tmp_path / "a", "--steps", 3), run(tmp_path / "b", "--steps", 3)
    assert [r["loss"] for r in a] == [r["loss"] for r in b]


def test_a_run_goes_on_where_it_stopped(tmp_path):
    """Stopped after 4 of 8 steps and started again, it takes the same steps with the same learning rates as one that never stopped."""
    whole = run(tmp_path / "whole", "--steps", 8)

    class Enough(Exception):
        pass

    original, out = train.Run.one_step, tmp_path / "cut"

    def four_steps(self, factor):
        if self.step == 4:
            self.save()
            raise Enough
        original(self, factor)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(train.Run, "one_step", four_steps)
        with pytest.raises(Enough):
            run(out, "--steps", 8)
    rows = run(out, "--steps", 8)
    assert [r["step"] for r in rows] == list(range(1, 9))
    for a, b in zip(whole, rows):
        assert a["lr"] == b["lr"] and abs(a["loss"] - b["loss"]) < 1e-3


def test_a_spoilt_gradient_costs_its_step_and_is_counted(tmp_path):
    """The third of four steps has a loss that is not a number; the run goes on, and says so."""
    total = train.losses.total

    def sometimes(out, truth, *rest):
        sometimes.calls += 1
        loss, terms = total(out, truth, *rest)
        return (loss * float("nan") if sometimes.calls == 3 else loss), terms

    sometimes.calls = 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(train.losses, "total", sometimes)
        rows = run(tmp_path, "--steps", 4)
    assert [r["spoilt"] for r in rows] == [0, 0, 1, 0]
    assert all(torch.isfinite(v).all() for v in checkpoint.load(tmp_path / "ema")[0].values())


def test_weights_start_another_run_elsewhere(tmp_path):
    run(tmp_path / "a", "--steps", 20)
    rows = run(tmp_path / "b", "--steps", 22, "--from", tmp_path / "a" / "ema", "--skip", 20)
    assert rows[0]["step"] == 21


@pytest.mark.parametrize("compact", [False, True])
def test_pieces_add_up_or_say_so(tmp_path, monkeypatch, compact):
    monkeypatch.setattr(checkpoint, "PIECE", 100_000)
    model = Teacher(Config.toy())
    checkpoint.save(tmp_path, model.state_dict(), {"config": model.config.to_dict()}, compact=compact)
    pieces = sorted(tmp_path.glob("part-*.bin"))
    assert len(pieces) > 1 and all(p.stat().st_size <= 100_000 for p in pieces)
    loaded = checkpoint.load_model(tmp_path).state_dict()
    for k, v in model.state_dict().items():
        torch.testing.assert_close(loaded[k], v, rtol=5e-3 if compact else 1e-3, atol=1e-6)
    pieces[1].write_bytes(b"x" + pieces[1].read_bytes()[1:])
    with pytest.raises(ValueError, match="do not add up"):
        checkpoint.load(tmp_path)


def test_a_step_looks_the_same_from_every_process_and_rank():
    for step in (0, 700, 5000):
        stage, views, height, width = data.shape_of(step, 1)
        assert stage.pictures % views == 0 and height % 16 == 0 and width % 16 == 0
    a, b = data.Plans(1, 0, train.TOY)[3], data.Plans(1, 1, train.TOY)[3]
    assert torch.equal(a["shape"], b["shape"]) and not torch.equal(a["prims"], b["prims"])
