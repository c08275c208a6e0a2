"""Distillation: the closed form is the optimum a gradient finds, errors fall, and nothing but projections moves."""

import pytest
import torch
from toy import BOTH, SPARSE, SPECIALS, Toy, images

from lite3r_student.convert import Recipe, names_of_global_attention, sparse_mixers, student_from_teacher
from lite3r_student.distill import attention_error, closed_form, distill, gamma_at, record, regression_rows
from lite3r_student.fp8 import calibrate
from lite3r_student.imitation import imitation
from lite3r_student.model import Config, Teacher
from lite3r_student.sparse import SparseRecipe


def feeding(*seeds):
    return [lambda model, x=images(seed=s): model(x) for s in seeds]


def recipe(**changes):
    return Recipe(sparse=SparseRecipe(keep=0.3, block=4, specials=SPECIALS, **changes), attention=SPARSE.attention)


def first_layer_problem(*, ridge=0.0, **variant):
    """A solved student, its first mixer (whose inputs depend on no projection), and the squared error as a function of it.

    In double precision, since the linear branch's outputs are nearly collinear."""
    teacher = Toy().double()
    student = student_from_teacher(teacher, recipe(**variant))
    runs = [lambda model, x=images(seed=s).double(): model(x) for s in (1, 2)]
    closed_form(student, teacher, runs, ridge=ridge)
    name, mixer = next(iter(sparse_mixers(student).items()))
    with torch.no_grad():
        seen = [(record(student, run, [name])[name], record(teacher, run, [name])[name][2]) for run in runs]
        rows = [regression_rows(mixer, *args, target=target, **kwargs)[0] for (args, kwargs, _), target in seen]
        mean_diagonal = sum(row.square().sum((0, 2)) for row in rows).mean(-1)  # per head

    def loss():
        squared = sum((mixer(*args, **kwargs) - target).square().sum() for (args, kwargs, _), target in seen)
        return squared + ridge * (mean_diagonal * mixer.linear_projection.square().sum((1, 2))).sum()

    return mixer, loss


@pytest.mark.parametrize("variant", [{}, {"per_head": False}, {"rescale": True}, {"skip": 0.2}], ids=str)
def test_the_closed_form_is_flat_and_every_step_away_is_uphill(variant):
    mixer, loss = first_layer_problem(**variant)
    best = loss()
    assert all(g.abs().max() < 1e-6 for g in torch.autograd.grad(best, list(mixer.parameters())))
    for _ in range(5):
        with torch.no_grad():
            for p in mixer.parameters():
                p.add_(0.1 * torch.randn_like(p))
        assert loss() > best


def test_gradient_descent_from_zero_ends_at_the_closed_form():
    mixer, loss = first_layer_problem(ridge=0.01)
    best = loss().item()
    with torch.no_grad():
        mixer.linear_projection.zero_()
    start = loss().item()
    optimiser = torch.optim.LBFGS(mixer.parameters(), max_iter=400, history_size=50, line_search_fn="strong_wolfe", tolerance_change=1e-15)

    def closure():
        optimiser.zero_grad()
        value = loss()
        value.backward()
        return value

    optimiser.step(closure)
    assert best < 0.99 * start
    assert loss().item() == pytest.approx(best, rel=1e-6)


def test_the_reported_errors_fall_and_agree_with_what_is_measured():
    teacher = Toy()
    student = student_from_teacher(teacher, recipe())
    runs = feeding(1, 2, 3)
    report = closed_form(student, teacher, runs, ridge=1e-3)
    assert len(report) == 2 and all(after < before for before, after in report.values())
    name, mixer = next(iter(sparse_mixers(student).items()))
    error = energy = 0.0
    for run in runs:
        target = record(teacher, run, [name])[name][2]
        error += (record(student, run, [name])[name][2] - target).square().sum().item()
        energy += target.square().sum().item()
    assert report[name][1] == pytest.approx(error / energy, rel=1e-3)


def test_a_ridge_that_would_hurt_elsewhere_is_not_chosen():
    """One window of few tokens against many unknowns: the smallest ridge overfits, the cross-validated one must not make things worse."""
    teacher = Toy()
    plain, eager, careful = (student_from_teacher(teacher, recipe(rescale=True)) for _ in range(3))
    few = [lambda model, x=images(batch=1, views=2, seed=s): model(x) for s in (1, 2)]
    closed_form(eager, teacher, few, ridge=1e-9)
    closed_form(careful, teacher, few)
    errors = [sum(attention_error(s, teacher, feeding(100, 101, 102)).values()) for s in (plain, eager, careful)]
    assert errors[2] < errors[1] and errors[2] < 1.02 * errors[0]


def test_the_closed_form_helps_on_windows_it_has_not_seen():
    teacher = Toy()
    plain, solved = (student_from_teacher(teacher, recipe()) for _ in range(2))
    closed_form(solved, teacher, feeding(*range(1, 9)))
    unseen = feeding(100, 101)
    before, after = (attention_error(s, teacher, unseen) for s in (plain, solved))
    assert sum(after.values()) < sum(before.values())


def test_rescaling_the_sparse_branch_can_only_fit_better():
    teacher = Toy()
    errors = {}
    for rescale in (False, True):
        student = student_from_teacher(teacher, recipe(rescale=rescale))
        errors[rescale] = next(iter(closed_form(student, teacher, feeding(1, 2), ridge=1e-6).values()))[1]
    assert errors[True] < errors[False]


def test_teacher_inputs_give_the_same_first_layer():
    teacher = Toy()
    students = {}
    for inputs in ("student", "teacher"):
        students[inputs] = student_from_teacher(teacher, recipe())
        closed_form(students[inputs], teacher, feeding(1, 2), inputs=inputs)
    first, second = zip(*(sparse_mixers(s).values() for s in students.values()))
    torch.testing.assert_close(first[0].linear_projection, first[1].linear_projection)
    assert not torch.equal(second[0].linear_projection, second[1].linear_projection)


def test_gradient_distillation_lowers_the_loss_with_fp8_on_and_moves_projections_only():
    teacher = Toy()
    student = student_from_teacher(teacher, BOTH)
    calibrate(student, feeding(1)[0])
    before = {name: value.clone() for name, value in student.state_dict().items()}
    losses = distill(student, teacher, feeding(1) * 60, steps=60, learning_rate=1e-2)
    assert losses[-1] < 0.95 * losses[0]
    for name, value in student.state_dict().items():
        assert torch.equal(value, before[name]) != name.endswith("linear_projection"), name


def test_gamma_falls_along_a_cosine_from_a_tenth_to_a_hundredth():
    assert gamma_at(0, 101) == pytest.approx(0.1) and gamma_at(100, 101) == pytest.approx(0.01)
    assert gamma_at(50, 101) == pytest.approx(0.055)


def test_too_few_batches_are_an_error():
    teacher = Toy()
    with pytest.raises(ValueError, match="after 1 of 3 steps"):
        distill(student_from_teacher(teacher, recipe()), teacher, feeding(1), steps=3)


def test_imitation_is_zero_for_the_teacher_and_falls_when_only_projections_learn():
    torch.manual_seed(0)
    teacher = Teacher(Config.toy()).eval()
    images = torch.rand(2, 3, 3, 48, 64)
    wanted = teacher(images)
    assert float(imitation(wanted, wanted)) == pytest.approx(0, abs=1e-3)  # the chord's and the direction's roots have no exact zero
    student = student_from_teacher(teacher, Recipe(sparse=SparseRecipe(keep=0.3, block=4, specials=4), attention=names_of_global_attention(teacher)))
    before = float(imitation(student(images), wanted))
    distill(student, teacher, [lambda model: model(images)] * 40, steps=40, learning_rate=1e-2, task_loss=imitation)
    assert 0.01 < before and float(imitation(student(images), wanted)) < 0.8 * before
