"""The ablation at toy size: every row is there, the teacher's row is the teacher's, and held-out means held out."""

import pytest
import torch

from lite3r_student import ablate, heldout
from lite3r_student.evaluate import Scores, torch_predictor
from lite3r_student.model import Config, Teacher
from lite3r_student.sparse import SparseRecipe

ROWS = ["teacher", "teacher, FP8", "sparse only", "+ linear, closed form", "+ distilled", "+ FP8 afterwards", "FP8-aware"]


def test_every_step_of_the_conversion_has_its_row():
    torch.manual_seed(0)
    teacher = Teacher(Config.toy()).eval()
    results = ablate.ablate(teacher, SparseRecipe(keep=0.3, block=4, specials=4), views=(2,), windows=2, calibration=2, training=2, steps=2,
                            train_views=(2, 3), size=(48, 64), say=lambda line: None)
    rows = results[2]
    assert list(rows) == ROWS
    assert all(rows[name]["attention_error"] > 0 for name in ROWS[2:])
    again = heldout.score(torch_predictor(teacher), heldout.batches("held-out", 2, views=2, height=48, width=64))["all"]
    assert again["absrel"] == pytest.approx(rows["teacher"]["absrel"])  # windows follow from their names alone
    assert not any(p.requires_grad is False for p in teacher.parameters())  # and the teacher was left alone


def test_kinds_take_turns_and_add_up():
    torch.manual_seed(0)
    made = list(heldout.batches("x", 5, views=2, height=48, width=64, kinds=("room", "park")))
    assert [kind for kind, _ in made] == ["room"] and sum(len(w.images) for _, w in made) == 5
    made = list(heldout.batches("x", 12, views=2, height=48, width=64, kinds=("room", "park")))
    rows = heldout.score(torch_predictor(Teacher(Config.toy()).eval()), made)
    assert list(rows) == ["room", "park", "all"] and rows["all"]["windows"] == rows["room"]["windows"] + rows["park"]["windows"] == 12


def test_scoring_beside_the_model_changes_no_number():
    torch.manual_seed(0)
    predict = torch_predictor(Teacher(Config.toy()).eval())
    made = list(heldout.batches("x", 20, views=2, height=48, width=64, kinds=("room", "park")))
    one_by_one = Scores()
    for _, w in made:
        one_by_one.add(predict, w.images, world_from_camera=w.poses(), focal=w.focal, depth=w.depth)
    assert heldout.score(predict, made, threads=3)["all"] == heldout.score(predict, made)["all"] == one_by_one.summary()


def test_training_scenes_are_refused():
    with pytest.raises(ValueError, match="belong to training"):
        next(heldout.batches("train-1-0-5", 2, views=2))
