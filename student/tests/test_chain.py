"""The whole chain on the CPU at toy size: what every step leaves behind, the next one takes."""

import json

import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("onnxscript")

from lite3r_student import toy  # noqa: E402


def test_a_fresh_machine_makes_a_model_from_nothing(tmp_path):
    toy.command(toy, tmp_path, "--steps", 12)
    losses = [json.loads(line)["loss"] for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    assert len(losses) == 12 and all(0 < loss < 20 for loss in losses)
    contract = json.loads((tmp_path / "model" / "contract.json").read_text())
    assert contract["precision"] == "int8-dynamic" and contract["provenance"]["step"] == 12
    assert {f.name for f in (tmp_path / "model").iterdir()} == {"student.onnx", "contract.json", "report.md", "predictions.png"}
    teacher, student, exported = (json.loads((tmp_path / name).read_text())["two-camera-room, S=4"]
                                  for name in ("teacher.json", "student.json", "exported.json"))
    for other in (student, exported):  # the same capture, nearly the same model
        assert other["windows"] == teacher["windows"] and other["absrel"] == pytest.approx(teacher["absrel"], abs=0.05)
