"""FP8: the format's own numbers, signal-to-noise floors in decibels, and gradients that pass straight through."""

import pytest
import torch
from torch import nn

from lite3r_student.fp8 import E4M3_MAX, Fp8Linear, Fp8Recipe, Histogram, calibrate, fake_quantise, round_e4m3, sqnr, weight_scale


def gauss(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def calibrated(linear, x, **recipe):
    layer = Fp8Linear(linear, Fp8Recipe(**recipe))
    calibrate(layer, lambda m: m(x))
    return layer


def test_the_format_has_the_numbers_its_definition_says():
    exact = torch.tensor([0.0, 448.0, 2**-6, 2**-9, 1.0, 1.125, 240.0])
    assert torch.equal(round_e4m3(exact), exact)
    assert round_e4m3(torch.tensor(1.06)) == 1.0 and round_e4m3(torch.tensor(1.07)) == 1.125  # eighths between 1 and 2


def test_values_beyond_the_range_saturate_instead_of_becoming_nan():
    assert torch.equal(round_e4m3(torch.tensor([1e6, -465.0])), torch.tensor([448.0, -448.0]))


def test_normal_numbers_lose_31_decibels_whatever_their_size():
    x = gauss(100_000)
    for size in (0.1, 1, 10):
        assert sqnr(x * size, round_e4m3(x * size)) > 31


def test_scales_make_any_size_fit():
    x = 1e5 * gauss(10_000)
    assert sqnr(x, fake_quantise(x, x.abs().max() / E4M3_MAX)) > 31


def test_weights_have_one_scale_per_output_row():
    weight = gauss(6, 64) * torch.tensor([1e-4, 1e-2, 1, 1e2, 1e4, 0])[:, None]
    scale = weight_scale(weight)
    assert scale.shape == (6, 1) and scale[5] == 1
    quantised = fake_quantise(weight, scale)
    assert torch.allclose(quantised.abs().amax(1), weight.abs().amax(1), rtol=1e-6)  # the largest value of a row is exact
    for row in range(5):
        assert sqnr(weight[row], quantised[row]) > 29


@pytest.mark.parametrize("rule", ["amax", "percentile", "mse"])
def test_a_linear_layer_keeps_28_decibels(rule):
    linear = nn.Linear(256, 128)
    x = gauss(2048, 256)
    assert sqnr(linear(x), calibrated(linear, x, rule=rule)(x)) > 28


def test_an_outlier_does_not_hurt_e4m3():
    x = gauss(2048, 256)
    x[0, 0] = 300.0  # INT8 with the same scale would keep about 3 bits for all the others
    linear = nn.Linear(256, 128)
    assert sqnr(linear(x)[1:], calibrated(linear, x, rule="amax")(x)[1:]) > 28


def test_the_mse_rule_is_never_worse_than_amax():
    for seed in range(4):
        x = gauss(4096, seed=seed) ** 5 * 1e-4
        errors = {}
        for rule in ("amax", "mse"):
            histogram = Histogram()
            histogram.add(x)
            errors[rule] = (fake_quantise(x, torch.tensor(histogram.scale(Fp8Recipe(rule=rule)))) - x).square().sum()
        assert errors["mse"] <= errors["amax"] * 1.02  # 2 %: the histogram's own resolution


def test_the_percentile_rule_ignores_the_rare():
    histogram = Histogram()
    histogram.add(torch.cat([torch.ones(100_000), torch.tensor([1000.0])]))
    assert histogram.scale(Fp8Recipe(rule="percentile")) * E4M3_MAX == pytest.approx(1, rel=0.02)
    assert histogram.scale(Fp8Recipe(rule="amax")) * E4M3_MAX == 1000


def test_gradients_pass_straight_through_and_stop_at_saturation():
    x = torch.tensor([0.3, -7.0, 500.0], requires_grad=True)
    fake_quantise(x, torch.tensor(1.0)).sum().backward()
    assert x.grad.tolist() == [1, 1, 0]


def test_a_quantised_layer_trains():
    torch.manual_seed(0)
    x, linear = gauss(512, 32), nn.Linear(32, 8)
    target = x @ gauss(32, 8, seed=1)
    layer = calibrated(linear, x)
    optimiser = torch.optim.Adam(layer.parameters(), lr=0.05)
    losses = []
    for _ in range(200):
        loss = (layer(x) - target).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < 0.01 * losses[0]


def test_conversion_shares_the_weight_and_is_exact_until_calibrated():
    linear, x = nn.Linear(16, 4), gauss(8, 16)
    layer = Fp8Linear(linear, Fp8Recipe())
    assert layer.weight is linear.weight and torch.equal(layer(x), linear(x))


def test_a_stored_scale_is_used_after_loading():
    x = gauss(64, 16)
    layer = calibrated(nn.Linear(16, 4), x)
    again = Fp8Linear(nn.Linear(16, 4), Fp8Recipe())
    again.load_state_dict(layer.state_dict())
    assert again.calibrated and torch.equal(again(x), layer(x))


def test_a_layer_that_saw_no_data_is_named():
    model = nn.Sequential(nn.Identity(), Fp8Linear(nn.Linear(4, 4), Fp8Recipe()))
    with pytest.raises(ValueError, match="^1: "):
        calibrate(model, lambda m: None)


def test_calibration_refuses_infinity():
    with pytest.raises(ValueError, match="finite"):
        Histogram().add(torch.tensor([1.0, float("inf")]))


@pytest.mark.parametrize("wrong", [{"rule": "max"}, {"percentile": 10}])
def test_impossible_recipes_are_refused(wrong):
    with pytest.raises(ValueError):
        Fp8Recipe(**wrong)
