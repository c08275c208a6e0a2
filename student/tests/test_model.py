"""What the model is told and what it is spared: focal hints, weights from before a feature, keys that global attention does not see."""

import math
from dataclasses import replace

import pytest
import torch

from lite3r_student import losses, train
from lite3r_student.model import Config, Teacher, band_order


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return Teacher(Config.toy()).eval()


def window(views=3):
    return torch.rand(1, views, 3, 64, 96, generator=torch.Generator().manual_seed(1))


def hint(x, y):
    return torch.tensor([x, y]).expand(1, 3, 2)


@torch.inference_mode()
def test_of_a_negative_hint_only_the_ratio_counts(model):
    focal = [model(window(), hint(*h))["focal"] for h in ((-0.9, -1.2), (-0.45, -0.6), (-0.9, -0.9), (0.9, 1.2), (0.0, 0.0))]
    torch.testing.assert_close(focal[0], focal[1])
    assert all((focal[0] - other).abs().max() > 1e-5 for other in focal[2:])


def test_a_window_is_told_the_focal_length_its_ratio_or_nothing():
    told = train.hints(2000, torch.Generator().manual_seed(1))
    known, ratio = (told[:, 0, 0] > 0), (told[:, 0, 0] < 0)
    assert abs(known.float().mean() - 0.5) < 0.04 and abs(ratio.float().mean() - 0.4) < 0.04
    assert (told[ratio] == -1).all() and (told[known].std() < 0.02)


@torch.inference_mode()
def test_weights_from_before_the_ratio_give_what_they_gave(model):
    old = {k: v.clone() for k, v in model.state_dict().items()}
    old["hint.weight"] = old["hint.weight"][:, :4]
    loaded = Teacher(Config.toy()).eval()
    loaded.load_state_dict(old)
    a, b = (loaded(window(), hint(*h)) for h in ((-0.9, -1.2), (0.0, 0.0)))
    torch.testing.assert_close(a["depth"], b["depth"])


@torch.inference_mode()
def test_all_keys_kept_is_the_dense_model_and_fewer_is_near_it(model):
    dense, parts, few = (model.everything(window(), keep=k)["log_depth"] for k in (1.0, 1 - 1e-9, 0.5))
    torch.testing.assert_close(dense, parts, rtol=1e-4, atol=1e-5)
    assert 1e-6 < (dense - few).abs().mean() < 0.5


def test_confidence_learns_from_a_start_where_every_error_is_large_and_leaves_depth_alone():
    truth = torch.full((1, 1, 400), 2.0)
    depth = (truth.log() + 0.9).requires_grad_()
    sure = torch.full_like(truth, -3.0).requires_grad_()
    losses.pixel_terms(depth, sure, truth)[2].backward()
    assert depth.grad is None
    for error in (0.9, 0.01):  # it falls where depth is bad, and comes back once depth is good
        for _ in range(400):
            sure.grad = None
            losses.pixel_terms(truth.log() + error, sure, truth)[2].backward()
            with torch.no_grad():
                sure -= 100 * sure.grad
        torch.testing.assert_close(sure.detach(), torch.full_like(truth, math.log(losses.LEVEL / error)), atol=0.05, rtol=0)


@pytest.mark.parametrize("rows, cols, band", [(12, 16, 4), (10, 18, 4), (7, 5, 3), (4, 6, 1), (3, 8, 16)])
def test_bands_hold_every_patch_once_and_make_tiles(rows, cols, band):
    order = band_order(rows, cols, band).tolist()
    assert sorted(order) == list(range(rows * cols))
    whole = rows // band * band * cols  # patches of bands that are full
    for i in range(0, whole, band):
        first = order[i]
        assert order[i : i + band] == [first + k * cols for k in range(band)]  # a column of the band, from the top


@pytest.mark.parametrize("keep", [1.0, 0.5])
def test_the_order_of_patches_is_no_other_model(keep):
    torch.manual_seed(0)
    model = Teacher(Config.toy()).eval()
    images = torch.rand(1, 3, 3, 80, 96)  # five rows: the last band is lower
    with torch.no_grad():
        torch.manual_seed(1)
        plain = model.everything(images, training=True)
        model.config = replace(model.config, band=2)
        banded = model.everything(images, training=True)
        assert model.everything(images, keep=keep)["depth"].isfinite().all()
    for name in plain:
        assert torch.allclose(plain[name], banded[name], atol=1e-4, rtol=1e-4), name
