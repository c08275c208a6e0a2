"""Plots: runs in pieces become one time axis, and files become pictures."""

import json

import pytest

pytest.importorskip("matplotlib")

from lite3r_student import plots  # noqa: E402


def write_run(folder, seconds):
    folder.mkdir()
    rows = [{"step": i, "t": t, "loss": 2.0, "depth": 0.5, "rotation": 0.1, "translation": 0.9} for i, t in enumerate(seconds)]
    (folder / "log.jsonl").write_text("\n".join(map(json.dumps, rows)))
    watched = [{"step": 1, "t": seconds[-1], "views": s, "name": name, "auc30": a, "absrel": 0.2}
               for s in (4, 8) for name, a in (("kitchen", 0.5), ("held-out room", 0.6), ("held-out park", 0.8))]
    (folder / "eval-0.jsonl").write_text("\n".join(map(json.dumps, watched)))
    return folder


def test_pieces_of_a_run_follow_one_another(tmp_path):
    rows, watched = plots.gather_runs([write_run(tmp_path / "a", [30, 60]), write_run(tmp_path / "b", [30, 120])])
    assert [r["minute"] for r in rows] == [0.5, 1, 1.5, 3]
    assert [r["minute"] for r in watched["kitchen"]] == [1, 3] and {r["views"] for r in watched["kitchen"]} == {4}
    assert plots.average_held_out(watched)["held-out scenes"][0]["auc30"] == pytest.approx(0.7)


def test_both_plots_are_pictures(tmp_path):
    plots.learning_curve([write_run(tmp_path / "a", [30, 60])], tmp_path / "curve.png")
    plots.error_by_confidence({"kitchen": {"by_confidence": [0.05, 0.1]}, "fox": {}}, tmp_path / "confidence.png")
    for name in ("curve", "confidence"):
        assert (tmp_path / f"{name}.png").read_bytes().startswith(b"\x89PNG")


def test_time_against_views_is_the_same_picture_every_time(tmp_path):
    rows = [{"model": "net", "views": s, "column": c, "trunk_ms": t * s} for s in (2, 8) for c, t in (("bf16", 2.0), ("fp8+sla some variant keep 0.3", 1.0))]
    for name in ("a", "b"):
        plots.time_by_views(rows, tmp_path / f"{name}.svg")
    assert (tmp_path / "a.svg").read_text().lstrip().startswith("<?xml") and (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
