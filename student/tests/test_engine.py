"""Graphs for engines: the same network, with FP8 where it should be."""

import onnx
import pytest
import torch

from lite3r_student.backbones import da3
from lite3r_student.backbones.export import save_with_data
from lite3r_student.backbones.parity import randomise
from lite3r_student.engine.graph import answers, contract, face, inputs, on_cpu, trace, window, write, write_pictures
from lite3r_student.engine.layers import OFF, ON, calibrate, set_mode
from lite3r_student.engine.models import engine_model

SIZE, VIEWS = (28, 42), 3


@pytest.fixture(scope="module")
def network():
    model = da3.DepthAnything3(da3.Config.toy(), "first").eval()
    with torch.no_grad():
        randomise(model)
    return model


@pytest.fixture(scope="module")
def half(network):
    model = engine_model(network)
    calibrate(model, lambda _: face(model, *SIZE)(*inputs(model, window(None, VIEWS, *SIZE))), model.rounded)
    return model


def test_float16_changes_the_answers_by_its_rounding_alone(network, half):
    images = window(None, VIEWS, *SIZE)
    set_mode(half, OFF, half.rounded)
    for name, value in answers(half, images, SIZE, "cpu").items():
        expected = answers(network, images, SIZE, "cpu")[name]
        assert (value - expected).square().mean().sqrt() < 0.01 * expected.square().mean().sqrt(), name


def test_the_fp8_graph_rounds_every_product_of_its_blocks_and_agrees_with_its_rehearsal(network, half, tmp_path):
    images = window(None, VIEWS, *SIZE)
    set_mode(half, ON, half.rounded)
    proto = trace(half, VIEWS, *SIZE)
    save_with_data(proto, tmp_path)
    write_pictures(tmp_path / "beside/window", images)
    write(tmp_path / "beside/fp32", answers(half, images, SIZE, "cpu"))  # the rehearsal in the place of the truth

    kinds = [node.op_type for node in onnx.load(str(tmp_path / "student.onnx"), load_external_data=False).graph.node]
    assert kinds.count("QuantizeLinear") == 14 * 6  # a block: six weights; inputs of four products, q, k, v, softmax
    assert kinds.count("Softmax") == 6
    assert max(on_cpu(tmp_path, tmp_path / "beside", "fp8-qdq", SIZE).values()) < 0.15
    says = contract(tmp_path, "toy", "fp8-qdq", VIEWS, SIZE, half)
    assert says["views"] == {"min": VIEWS, "max": VIEWS, "reference": "first"} and "focal_hint" not in says


def test_a_layer_that_saw_nothing_is_named(network):
    model = engine_model(network)
    with pytest.raises(ValueError, match="attn.of_q"):
        calibrate(model, lambda _: None, "model.backbone.pretrained.blocks.0.attn.of_q")
