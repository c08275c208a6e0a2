"""Conversion: what changes, what must not change by a single bit, and what is refused by name."""

import pytest
import torch
from torch import nn
from toy import BOTH, DIM, HEADS, SPARSE, SPECIALS, Toy, images

from lite3r_student.attention import Attention
from lite3r_student.convert import Recipe, names_of_global_attention, sparse_mixers, student_from_teacher
from lite3r_student.fp8 import Fp8Linear, Fp8Recipe, calibrate, sqnr
from lite3r_student.sparse import SparseRecipe


def test_every_tensor_but_the_projections_is_the_teachers_bit_for_bit():
    teacher = Toy()
    before = {name: value.clone() for name, value in teacher.state_dict().items()}
    student = student_from_teacher(teacher, BOTH)
    state = student.state_dict()
    added = set(state) - set(before)
    assert {name.rsplit(".", 1)[1] for name in added} == {"linear_projection", "input_scale"}
    for name, value in before.items():
        assert torch.equal(state[name], value), name
        assert torch.equal(teacher.state_dict()[name], value), name  # and the teacher itself was not touched
    assert not any(isinstance(m, Fp8Linear) for m in teacher.modules())


def test_only_the_linear_branch_projections_can_learn():
    student = student_from_teacher(Toy(), BOTH)
    learning = {name for name, p in student.named_parameters() if p.requires_grad}
    assert learning == {f"blocks.{i}.attention.mixer.linear_projection" for i in (1, 3)}


def test_training_moves_the_projections_and_nothing_else():
    student = student_from_teacher(Toy(), BOTH)
    calibrate(student, lambda m: m(images()))
    before = {name: value.clone() for name, value in student.state_dict().items()}
    optimiser = torch.optim.AdamW((p for p in student.parameters() if p.requires_grad), lr=1e-2, weight_decay=0.05)
    for _ in range(3):
        student(images()).square().mean().backward()
        optimiser.step()
    for name, value in student.state_dict().items():
        assert torch.equal(value, before[name]) != name.endswith("linear_projection"), name


def test_keeping_everything_changes_nothing():
    teacher = Toy()
    everything = Recipe(sparse=SparseRecipe(keep=1.0, block=4, specials=SPECIALS), attention=SPARSE.attention)
    torch.testing.assert_close(student_from_teacher(teacher, everything)(images()), teacher(images()), atol=1e-5, rtol=1e-5)


def test_sparse_and_fp8_students_stay_near_their_teacher():
    teacher = Toy()
    quantised = student_from_teacher(teacher, Recipe(fp8=Fp8Recipe(), quantise=r"blocks\.\d+"))
    assert torch.equal(quantised(images()), teacher(images()))  # until calibrated
    assert calibrate(quantised, lambda m: m(images())) == 4 * 4
    assert sqnr(teacher(images(seed=2)), quantised(images(seed=2))) > 20


def test_the_global_layers_of_our_model_are_found_by_kind():
    teacher = Toy()
    recipe = Recipe(sparse=SPARSE.sparse, attention=names_of_global_attention(teacher))
    assert list(sparse_mixers(student_from_teacher(teacher, recipe))) == ["blocks.1.attention.mixer", "blocks.3.attention.mixer"]


def test_a_foreign_attention_layer_is_refused_by_name():
    model = nn.Sequential(nn.Linear(4, 4), nn.MultiheadAttention(8, 2))
    with pytest.raises(TypeError, match="^1: MultiheadAttention"):
        student_from_teacher(model, Recipe(sparse=SparseRecipe(), attention="1"))


def test_an_adapter_makes_a_foreign_layer_convertible():
    class Foreign(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = Attention(DIM, HEADS, "global", "inner")

    model = nn.Sequential(Foreign())
    student = student_from_teacher(model, Recipe(sparse=SparseRecipe(), attention="0"), adapters={Foreign: lambda layer: layer.inner})
    assert list(sparse_mixers(student)) == ["0.mixer"]


def test_a_matrix_that_cannot_be_quantised_is_refused_by_name():
    with pytest.raises(TypeError, match="^stem: cannot quantise Conv2d"):
        student_from_teacher(Toy(), Recipe(fp8=Fp8Recipe(), quantise="stem"))


def test_a_pattern_that_selects_nothing_is_refused():
    with pytest.raises(ValueError, match="no module's name matches"):
        student_from_teacher(Toy(), Recipe(fp8=Fp8Recipe(), quantise="layers"))


def test_a_stored_student_answers_as_before(tmp_path):
    from lite3r_student.convert import load_any, save_student
    from lite3r_student.model import Config, Teacher

    torch.manual_seed(0)
    teacher = Teacher(Config.toy()).half().float().eval()  # stored in half precision, so start there
    recipe = Recipe(sparse=SparseRecipe(keep=0.3, block=4, specials=4), attention=names_of_global_attention(teacher), fp8=Fp8Recipe(), quantise=r"blocks\.\d+")
    student = student_from_teacher(teacher, recipe)
    window = torch.rand(1, 2, 3, 48, 64)
    calibrate(student, lambda m: m(window))
    save_student(tmp_path, student, recipe, {"config": teacher.config.to_dict(), "seed": 3})
    again, facts = load_any(tmp_path)
    assert facts["seed"] == 3 and Recipe.from_dict(facts["student"]) == recipe
    assert sqnr(student(window)["depth"], again(window)["depth"]) > 25  # the scales were rounded to half precision too


@pytest.mark.parametrize("wrong", [{}, {"sparse": SparseRecipe()}, {"quantise": "x"}, {"fp8": Fp8Recipe(), "attention": "x"}])
def test_impossible_recipes_are_refused(wrong):
    with pytest.raises(ValueError):
        Recipe(**wrong)
