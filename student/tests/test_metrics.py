"""Every metric against a case worked out by hand."""

import numpy as np
import pytest

from lite3r_student import metrics as M


def pose(rotation=None, centre=(0, 0, 0)):
    T = np.eye(4)
    if rotation is not None:
        T[:3, :3] = rotation
    T[:3, 3] = centre
    return T


def turn(axis, degrees):
    """Rotation about x, y or z through the quaternion, so that its conversion is tested on the way."""
    q = np.zeros(4)
    q[0], q[1 + "xyz".index(axis)] = np.cos(np.radians(degrees) / 2), np.sin(np.radians(degrees) / 2)
    return M.matrix_from_quaternion(q)


def random_poses(rng, *shape):
    poses = np.tile(np.eye(4), (*shape, 1, 1))
    poses[..., :3, :3] = M.matrix_from_quaternion(rng.normal(size=(*shape, 4)))
    poses[..., :3, 3] = rng.normal(size=(*shape, 3))
    return poses


def test_quaternion_turns_x_to_y_about_z():
    assert np.allclose(turn("z", 90) @ [1, 0, 0], [0, 1, 0])
    assert np.allclose(M.matrix_from_quaternion([2, 0, 0, 0]), np.eye(3))  # any length


@pytest.mark.parametrize("degrees", [1e-5, 0.5, 10, 90, 179.99])
def test_rotation_angle_is_exact_from_tiny_to_half_a_turn(degrees):
    assert M.rotation_angle(turn("y", degrees)) == pytest.approx(degrees, rel=1e-6)


def test_pair_errors_of_a_known_mistake():
    # true: two cameras one metre apart along x. Predicted: the second turned by 7 degrees and shifted along z instead of x.
    true = np.stack([pose(), pose(centre=(1, 0, 0))])[None]
    predicted = np.stack([pose(), pose(turn("z", 7), (0, 0, 5))])[None]
    rotation, direction = M.pair_errors(predicted, true)
    assert rotation[0, 0] == pytest.approx(7)
    assert direction[0, 0] == pytest.approx(90)


def test_going_backwards_is_180_degrees_wrong():
    true = np.stack([pose(), pose(centre=(1, 0, 0))])[None]
    predicted = np.stack([pose(), pose(centre=(-2, 0, 0))])[None]
    assert M.pair_errors(predicted, true)[1][0, 0] == pytest.approx(180)


def test_pair_errors_ignore_the_choice_of_world_and_its_scale():
    rng = np.random.default_rng(0)
    true = random_poses(rng, 3, 5)
    world = random_poses(rng, 3, 1)
    predicted = world @ true
    predicted[..., :3, 3] *= 0.37
    # scaling centres about the world's origin keeps relative directions
    rotation, direction = M.pair_errors(predicted, true)
    assert rotation.shape == (3, 10)
    assert rotation.max() < 1e-5 and direction.max() < 1e-5


def test_a_pair_without_baseline_has_no_direction():
    true = np.stack([pose(), pose(), pose(centre=(1, 0, 0))])[None]
    direction = M.pair_errors(true, true)[1][0]
    assert np.isnan(direction[0]) and not np.isnan(direction[1:]).any()


def test_auc_is_the_area_under_the_recall_curve():
    # one pair exact, one at 15 degrees, one beyond 30: areas 1, 1/2, 0
    assert M.auc([0, 15, 100], 30) == pytest.approx(0.5)
    assert M.auc([0, 15, 100, np.nan], 30) == pytest.approx(0.5)
    steps = np.linspace(0, 30, 30001)
    errors = np.random.default_rng(1).uniform(0, 60, 50)
    recall = (errors[:, None] < steps).mean(0)
    assert M.auc(errors, 30) == pytest.approx(np.trapezoid(recall, steps) / 30, abs=1e-4)


def test_depth_errors_after_one_scale_per_window():
    true = np.full((1, 2, 1, 2), 2.0)
    predicted = np.array([1.0, 1.0, 1.0, 1.5]).reshape(1, 2, 1, 2)  # scale 2 fits three of four; the last is 50 % too far
    absrel, delta = M.depth_errors(predicted, true)
    assert absrel[0] == pytest.approx(0.125) and delta[0] == pytest.approx(0.75)


def test_depth_without_truth_takes_no_part():
    true = np.array([[2.0, 0.0], [0.0, 0.0]]).reshape(2, 1, 1, 2)
    absrel, delta = M.depth_errors(np.ones_like(true), true)
    assert absrel[0] == 0 and delta[0] == 1
    assert np.isnan(absrel[1]) and np.isnan(delta[1])


def test_umeyama_recovers_a_known_similarity():
    rng = np.random.default_rng(2)
    source = rng.normal(size=(4, 6, 3))
    rotation = M.matrix_from_quaternion(rng.normal(size=(4, 4)))
    scale, shift = rng.uniform(0.1, 10, 4), rng.normal(size=(4, 3))
    target = scale[:, None, None] * np.einsum("bxy,bny->bnx", rotation, source) + shift[:, None]
    s, R, t = M.umeyama(source, target)
    assert np.allclose(s, scale) and np.allclose(R, rotation) and np.allclose(t, shift)


def test_umeyama_never_reflects():
    source = np.random.default_rng(3).normal(size=(1, 8, 3))
    assert np.linalg.det(M.umeyama(source, source * [1, 1, -1])[1][0]) == pytest.approx(1)


def test_ate_is_zero_for_a_similar_path_and_one_for_a_point():
    rng = np.random.default_rng(4)
    true = random_poses(rng, 2, 6)
    similar = random_poses(rng, 2, 1) @ true
    similar[..., :3, 3] *= 3
    assert M.ate_over_spread(similar, true).max() < 1e-10
    still = true.copy()
    still[..., :3, 3] = 0
    assert np.allclose(M.ate_over_spread(still, true), 1)


def test_focal_error_is_relative_and_averages_both_axes():
    assert M.focal_errors([[[1.1, 0.9]]], [[[1.0, 1.0]]])[0, 0] == pytest.approx(0.1)


def test_error_by_confidence_rises_when_confidence_is_honest():
    rng = np.random.default_rng(5)
    error = rng.uniform(0, 0.5, (2, 1, 20, 20))
    true = np.full_like(error, 3.0)
    signs = np.where(rng.random(error.shape) < 0.5, -1, 1)
    curve = M.error_by_confidence(true * (1 + signs * error), 1 / (error + 0.1), true, bins=5)
    assert curve.shape == (5,) and np.all(np.diff(curve) > 0)
