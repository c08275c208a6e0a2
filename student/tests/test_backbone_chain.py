"""An official file and a folder of photographs become a model folder, by the commands of docs/backbones.md, at toy width."""

import json

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxscript")

from lite3r_student import convert, export, toy  # noqa: E402
from lite3r_student.backbones import checkpoints, da3, photos, store, vggt  # noqa: E402
from lite3r_student.backbones import convert as backbone_convert  # noqa: E402
from lite3r_student.backbones import export as backbone_export  # noqa: E402
from lite3r_student.backbones.checkpoints import CATALOGUE, Known  # noqa: E402
from lite3r_student.backbones.parity import randomise  # noqa: E402
from lite3r_student.convert import Recipe, sparse_mixers, student_from_teacher  # noqa: E402
from lite3r_student.evaluate import onnx_predictor  # noqa: E402
from lite3r_student.fp8 import Fp8Linear, Fp8Recipe  # noqa: E402
from lite3r_student.sparse import SparseRecipe  # noqa: E402


@pytest.fixture(autouse=True)
def toys(monkeypatch):
    torch.set_num_threads(1)
    monkeypatch.setitem(CATALOGUE, "da3-base", Known("nowhere", "Apache-2.0", True, lambda reference="middle": da3.DepthAnything3(da3.Config.toy(), reference), "model."))


@pytest.fixture
def photographs(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    rng = np.random.default_rng(0)
    wall = np.kron(rng.integers(0, 256, (12, 40, 3)), np.ones((8, 8, 1))).astype(np.uint8)
    for i in range(6):
        Image.fromarray(wall[:84, 12 * i : 12 * i + 112]).save(folder / f"{i}.jpg")
    (folder / "broken.jpg").write_bytes(b"no picture")
    return folder


@pytest.fixture
def official_file(tmp_path):
    model = da3.DepthAnything3(da3.Config.toy())
    randomise(model)
    path = tmp_path / "model.safetensors"
    save_file({f"model.{name}": value.detach().contiguous() for name, value in model.named_parameters()}, path)
    return path


def test_three_commands_from_an_official_file_to_a_folder_that_the_service_loads(official_file, photographs, tmp_path, capsys):
    """The third command, `./lite3r run --model`, is the service's: BackboneModelTest.java."""
    toy.command(convert, official_file, tmp_path / "student", "--model", "da3-base", "--images", photographs, "--longest", 56, "--fp8", "--block", 4,
                "--calibration", 3, "--views", 3)
    said = capsys.readouterr()
    assert "licence Apache-2.0: commercial use allowed" in said.out and "56 x 42" in said.out
    assert "broken.jpg: skipped" in said.err and "1 of 7 pictures skipped" in said.err
    toy.command(export, tmp_path / "student", tmp_path / "model", "--views", 3, "--images", photographs, "--id", "toy")

    says = json.loads((tmp_path / "model" / "contract.json").read_text())
    assert says["precision"] == "fp8-qdq" and says["licence"] == "Apache-2.0" and says["buckets"] == [[42, 56]] and says["views"] == {"min": 3, "max": 3, "reference": "first"}
    assert says["provenance"]["checkpoint_sha256"] == checkpoints.sha256(official_file)
    assert says["sha256"] == checkpoints.sha256(tmp_path / "model" / "student.onnx")
    assert says["external_data"] == [{"file": "student.onnx.data", "sha256": checkpoints.sha256(tmp_path / "model" / "student.onnx.data")}]
    graph = onnx.load(str(tmp_path / "model" / "student.onnx"), load_external_data=False)
    assert {p.key: p.value for p in graph.metadata_props}["sha256 of student.onnx.data"] == says["external_data"][0]["sha256"]
    assert {"Resize"} >= {n.op_type for n in graph.graph.node if n.op_type == "Resize" and b"cubic" in [a.s for a in n.attribute]}  # positions are constants

    window = photos.windows(photos.load(photographs, longest=56, patch=14), 3, 1)[0]
    answer = onnx_predictor(tmp_path / "model" / "student.onnx")(window.numpy(), np.zeros((1, 3, 2)))
    assert {k: v.shape for k, v in answer.items()} == {"depth": (1, 3, 42, 56), "conf": (1, 3, 42, 56), "quat": (1, 3, 4), "trans": (1, 3, 3), "focal": (1, 3, 2)}
    assert answer["quat"][0, 0].tolist() == [1, 0, 0, 0]


def test_a_dense_backbone_exports_and_agrees_with_pytorch(tmp_path):
    model = vggt.Vggt(vggt.Config.toy()).eval()
    randomise(model)
    facts = {"backbone": "toy", "reference": "first", "licence": "none", "commercial": False, "checkpoint": "x", "checkpoint_sha256": "", "calibration": "none"}
    backbone_export.export(model, facts, tmp_path, id="toy", views=2, precision="fp32", size=(28, 56))  # beyond tolerance it raises
    assert "| trans |" in (tmp_path / "report.md").read_text()
    with pytest.raises(ValueError, match="do not go together"):
        backbone_export.export(model, facts, tmp_path, id="toy", views=2, precision="fp8-qdq", size=(28, 56))


@pytest.mark.parametrize("model", [vggt.Vggt(vggt.Config.toy()), da3.DepthAnything3(da3.Config.toy())], ids=["vggt", "da3"])
def test_conversion_takes_global_attention_and_every_linear_layer_of_the_blocks_and_nothing_of_the_heads(model):
    recipe = backbone_convert.recipe_for(model, SparseRecipe(keep=0.5, block=4, specials=model.specials), fp8=True)
    student = student_from_teacher(model, recipe)
    count = 4 if hasattr(model, "aggregator") else 2
    assert len(sparse_mixers(student)) == count and all(m.recipe.specials == model.specials for m in sparse_mixers(student).values())
    quantised = {name for name, m in student.named_modules() if isinstance(m, Fp8Linear)}
    blocks = 1 + 4 + 4 if hasattr(model, "aggregator") else 6
    assert len(quantised) == 4 * blocks and not any("head" in n or "cam_" in n for n in quantised)


def test_a_layer_that_cannot_be_converted_is_an_error_with_its_name():
    model = da3.DepthAnything3(da3.Config.toy())
    with pytest.raises(TypeError, match=r"head.projects.1: .*Conv2d"):
        student_from_teacher(model, Recipe(sparse=SparseRecipe(specials=1), attention=r"head\.projects\.1"))
    with pytest.raises(TypeError, match="head.resize_layers.0: cannot quantise ConvTranspose2d"):
        student_from_teacher(model, Recipe(fp8=Fp8Recipe(), quantise=r"head\.resize_layers\.0"))


def test_keeping_every_block_changes_nothing():
    for model in (vggt.Vggt(vggt.Config.toy()), da3.DepthAnything3(da3.Config.toy())):
        randomise(model)
        student = student_from_teacher(model.eval(), backbone_convert.recipe_for(model, SparseRecipe(keep=1.0, block=4, specials=model.specials), fp8=False))
        images = torch.rand(1, 3, 3, 28, 56)
        with torch.no_grad():
            torch.testing.assert_close(student(images)["depth"], model(images)["depth"], atol=1e-3, rtol=1e-3)


def test_a_stored_student_is_the_same_student(official_file, photographs, tmp_path):
    teacher = checkpoints.load(official_file, "da3-base")
    windows = photos.windows(photos.load(photographs, longest=56, patch=14), 3, 3)
    recipe = backbone_convert.recipe_for(teacher, SparseRecipe(keep=0.5, block=4, specials=1), fp8=True)
    student = backbone_convert.convert(teacher, recipe, windows, say=lambda line: None)
    store.save(tmp_path / "student", student, {"backbone": "da3-base", "reference": "middle", "recipe": recipe.to_dict()})
    again, _ = store.load(tmp_path / "student")
    with torch.no_grad():
        assert torch.equal(again(windows[0])["depth"], student(windows[0])["depth"])
    weights = load_file(tmp_path / "student" / store.FILE)
    assert any(name.endswith("linear_projection") and value.abs().max() > 0 for name, value in weights.items())


def test_the_size_follows_the_authors_rule():
    assert photos.size_for(1600, 1200, longest=504, patch=14) == (378, 504)
    assert photos.size_for(1920, 1080, longest=504, patch=14) == (280, 504)
    assert photos.size_for(1600, 1200, longest=518, patch=14) == (392, 518)
