"""The table: a predictor that knows the truth must score perfectly, one that is wrong by a known amount by that amount."""

import os
from pathlib import Path

import numpy as np
import pytest

from lite3r_student import captures, evaluate

SHARED = Path(os.environ.get("LITE3R_SHARED", Path(__file__).resolve().parents[3] / "shared"))


def made_up_capture(frames=9, seed=0):
    rng = np.random.default_rng(seed)
    poses = np.tile(np.eye(4), (frames, 1, 1))
    poses[:, :3, 3] = rng.normal(size=(frames, 3))
    return captures.Capture(
        name="made-up", images=np.zeros((frames, 3, 16, 32), np.uint8) + np.arange(frames, dtype=np.uint8)[:, None, None, None],
        world_from_camera=poses, focal=np.tile([0.8, 1.6], (frames, 1)), depth=rng.uniform(1, 5, (frames, 16, 32)).astype(np.float32),
        cameras=("cam0",) * frames)


def oracle(capture, *, turn_degrees=0.0, focal_factor=1.0, one_focal=False):
    """Recognises the frame by its grey level and answers the truth in the first view's space at half scale."""

    def predict(images, focal_hint):
        frame = np.rint(images[:, :, 0, 0, 0] * 255).astype(int)
        trans = (capture.world_from_camera[frame][..., :3, 3] - capture.world_from_camera[frame[:, :1]][..., :3, 3]) / 2
        half = np.radians(turn_degrees) / 2 * (np.arange(frame.shape[1]) % 2)  # every other camera is turned about z
        quat = np.stack([np.cos(half), 0 * half, 0 * half, np.sin(half)], -1) * np.ones(frame.shape + (1,))
        focal = capture.focal[frame] * focal_factor
        return {"depth": capture.depth[frame] / 2, "conf": 1 + 1 / capture.depth[frame], "quat": quat, "trans": trans,
                "focal": focal[..., 0] if one_focal else focal}

    return predict


def test_the_truth_scores_perfectly():
    capture = made_up_capture()
    row = evaluate.score_capture(oracle(capture), capture, size=4)
    assert row["windows"] == 3
    assert row["auc5"] == pytest.approx(1, abs=1e-4) and row["delta"] == 1
    for zero in ("absrel", "rotation", "translation", "ate", "focal"):
        assert row[zero] == pytest.approx(0, abs=1e-2), zero


def test_a_known_turn_and_a_known_focal_error_are_reported_as_such():
    capture = made_up_capture()
    row = evaluate.score_capture(oracle(capture, turn_degrees=6, focal_factor=1.1), capture, size=4, stride=1)
    assert row["rotation"] == pytest.approx(6, abs=1e-3)  # 4 of 6 pairs differ by the turn
    assert row["focal"] == pytest.approx(10, abs=1e-3)


def test_a_single_focal_length_means_square_pixels():
    capture = made_up_capture()  # 0.8 of 32 pixels = 1.6 of 16 pixels
    assert evaluate.score_capture(oracle(capture, one_focal=True), capture, size=4)["focal"] == pytest.approx(0, abs=1e-4)


def test_batches_do_not_change_the_numbers():
    capture = made_up_capture()
    rows = [evaluate.score_capture(oracle(capture, turn_degrees=3), capture, size=4, batch=b) for b in (1, 4, 100)]
    for column in evaluate.COLUMNS:
        assert [r[column] for r in rows] == pytest.approx([rows[0][column]] * 3, abs=1e-5), column


def test_a_capture_shorter_than_the_window_gives_no_row():
    capture = made_up_capture(frames=3)
    assert evaluate.score_capture(oracle(capture), capture, size=4) is None


def test_the_hint_is_unknown_unless_asked_for():
    capture, seen = made_up_capture(), []

    def spy(images, hint):
        seen.append(hint.copy())
        return oracle(capture)(images, hint)

    evaluate.score_capture(spy, capture, size=4)
    evaluate.score_capture(spy, capture, size=4, known_focal=True)
    assert np.all(seen[0] == 0) and np.allclose(seen[-1], [0.8, 1.6])


def test_the_table_has_a_dash_where_there_is_no_truth():
    capture = made_up_capture()
    blind = captures.Capture(**{**capture.__dict__, "depth": None})
    row = evaluate.score_capture(oracle(capture), blind, size=4)
    line = evaluate.table([("blind", row)]).splitlines()[-1]
    assert line.startswith("| blind | 3 | - | - |")


def test_the_fountain_loads_with_half_a_pixel_and_its_own_bucket():
    folder = SHARED / "data" / "photos-fountain"
    if not folder.exists():
        pytest.skip(f"measuring needs the captures, which are not part of this repository: {folder} is absent")
    capture = captures.load_capture(folder)
    assert capture.images.shape == (11, 3, 192, 256) and capture.truth == "reference"
    assert np.allclose(capture.focal[0], [1379.74 / 1536, 1382.08 / 1024])
