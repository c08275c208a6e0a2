"""The published backbones: what a checkpoint file must hold, and the conventions of what comes out."""

import math

import pytest
import torch
from safetensors.torch import save_file

from lite3r_student.backbones import checkpoints, da3, pose, vggt, vit
from lite3r_student.backbones.checkpoints import CATALOGUE, Known
from lite3r_student.backbones.parity import randomise
from lite3r_student.backbones.serve import InSubmap


@pytest.fixture(autouse=True)
def toys(monkeypatch):
    """Two toys in the catalogue, published as the real ones are."""
    torch.set_num_threads(1)
    monkeypatch.setitem(CATALOGUE, "da3-toy", Known("nowhere", "Apache-2.0", True, lambda reference="middle": da3.DepthAnything3(da3.Config.toy(), reference), "model."))
    monkeypatch.setitem(CATALOGUE, "vggt-toy", Known("nowhere", "none", False, lambda reference="first": vggt.Vggt(vggt.Config.toy()), skipped=vggt.SKIPPED))


def da3_weights(seed=0):
    model = da3.DepthAnything3(da3.Config.toy())
    randomise(model, seed)
    return {f"model.{name}": value.clone() for name, value in model.named_parameters(remove_duplicate=False)}


def vggt_weights():
    model = vggt.Vggt(vggt.Config.toy())
    randomise(model)
    return dict(model.state_dict()) | {"point_head.norm.weight": torch.ones(3), "track_head.tracker.x": torch.ones(2)}


def written(path, weights):
    save_file({k: v.contiguous() for k, v in weights.items()}, path) if path.suffix == ".safetensors" else torch.save(weights, path)
    return path


@pytest.mark.parametrize("file", ["model.safetensors", "model.pt"])
def test_an_official_file_loads_and_every_weight_arrives(tmp_path, file):
    weights = da3_weights()
    model = checkpoints.load(written(tmp_path / file, weights), "da3-toy")
    assert all(torch.equal(value, weights[f"model.{name}"]) for name, value in model.named_parameters())


def test_a_layer_that_the_network_uses_four_times_may_be_stored_once(tmp_path):
    """safetensors drops the copies: the published files have the ray head's norm under one name only."""
    weights = {k: v for k, v in da3_weights().items() if not any(f"output_conv2_aux.{i}.2." in k for i in (1, 2, 3))}
    model = checkpoints.load(written(tmp_path / "model.safetensors", weights), "da3-toy")
    assert torch.equal(model.head.scratch.output_conv2_aux[3][2].weight, weights["model.head.scratch.output_conv2_aux.0.2.weight"])
    weights["model.head.scratch.output_conv2_aux.2.2.weight"] = torch.zeros(32)
    with pytest.raises(ValueError, match=r"output_conv2_aux.2.2.weight should equal .*output_conv2_aux.0.2.weight"):
        checkpoints.load(written(tmp_path / "other.safetensors", weights), "da3-toy")


def test_missing_unexpected_and_misshapen_names_are_all_told(tmp_path):
    weights = da3_weights()
    del weights["model.cam_dec.fc_t.bias"], weights["model.backbone.pretrained.blocks.3.attn.q_norm.weight"]
    weights["model.gs_head.norm.weight"] = torch.ones(2)
    weights["model.head.norm.bias"] = torch.ones(5)
    with pytest.raises(ValueError) as error:
        checkpoints.load(written(tmp_path / "model.safetensors", weights), "da3-toy")
    for part in ("4 names", "missing cam_dec.fc_t.bias", "missing backbone.pretrained.blocks.3.attn.q_norm.weight", "unexpected gs_head.norm.weight",
                 "head.norm.bias is [5], wanted is [64]", "is not the da3-toy"):
        assert part in str(error.value)


def test_vggts_point_and_track_heads_are_skipped_by_name_and_nothing_else_is(tmp_path):
    checkpoints.load(written(tmp_path / "model.pt", vggt_weights()), "vggt-toy")
    with pytest.raises(ValueError, match="1 names do not fit: unexpected tracking.x"):
        checkpoints.load(written(tmp_path / "more.pt", vggt_weights() | {"tracking.x": torch.ones(1)}), "vggt-toy")


def test_a_file_of_another_kind_and_an_unknown_name_are_refused(tmp_path):
    torch.save({"step": 3}, tmp_path / "state.pt")
    with pytest.raises(ValueError, match="something else than names and tensors"):
        checkpoints.load(tmp_path / "state.pt", "da3-toy")
    with pytest.raises(ValueError, match="should end in .safetensors"):
        checkpoints.load(tmp_path / "model.ckpt", "da3-toy")
    with pytest.raises(ValueError, match="no backbone is called 'da4'"):
        checkpoints.load(tmp_path / "model.pt", "da4")
    with pytest.raises(ValueError, match="always the first view"):
        checkpoints.build("vggt-toy", "middle")


def test_licences_stand_where_a_checkpoint_is_chosen():
    said = checkpoints.licences()
    for name in ("da3-small", "da3-base"):
        assert CATALOGUE[name].licence == "Apache-2.0" and CATALOGUE[name].commercial
    for name in ("da3-large", "vggt-1b"):
        assert not CATALOGUE[name].commercial and "NON-COMMERCIAL" in CATALOGUE[name].terms and CATALOGUE[name].terms in said


@pytest.mark.parametrize("part, tensors, parameters", [("aggregator", 1210, 909_112_320), ("camera_head", 69, 216_174_610), ("depth_head", 62, 32_654_562)])
def test_vggt_1b_has_the_tensors_of_the_official_file(part, tensors, parameters):
    """Counted in a published inventory of a checkpoint with VGGT's layout, less the one token that it adds."""
    with torch.device("meta"):
        found = list(getattr(vggt.Vggt(), part).parameters())
    assert (len(found), sum(p.numel() for p in found)) == (tensors, parameters)


@pytest.mark.parametrize("rows, cols, specials, tokens", [(37, 37, 5, 1374), (28, 37, 5, 1041), (27, 36, 1, 973), (24, 36, 1, 865)])
def test_a_view_has_the_published_number_of_tokens_and_special_ones_are_not_turned(rows, cols, specials, tokens):
    cos, sin = vit.rope_table(rows, cols, specials, 64)
    assert cos.shape == sin.shape == (tokens, 2, 16)
    assert (cos[:specials] == 1).all() and (sin[specials] != 0).all()
    assert math.isclose(sin[specials + 1, 1, 0].item(), math.sin(2), rel_tol=1e-6)  # second patch of the first row: place (1, 2)


def test_a_pose_survives_encoding_and_its_quaternion_is_scalar_last():
    quarter = torch.tensor([[[0.0, -1, 0, 1], [1, 0, 0, 2], [0, 0, 1, 3]]])  # 90 degrees about z
    code = pose.encode(quarter, torch.tensor([[0.5, 1.0]]))
    assert torch.allclose(code[0, :7], torch.tensor([1, 2, 3, 0, 0, 0.5**0.5, 0.5**0.5]), atol=1e-6)
    assert torch.allclose(code[0, 7:], torch.tensor([2 * math.atan(0.5), math.pi / 2]))  # height's field of view first
    turns = torch.linalg.qr(torch.randn(200, 3, 3, generator=torch.Generator().manual_seed(0)))[0]
    poses = torch.cat([turns * turns.det()[:, None, None], torch.randn(200, 3, 1)], -1)
    back, focal = pose.decode(pose.encode(poses, torch.full((200, 2), 0.8)))
    assert torch.allclose(back, poses, atol=1e-5) and torch.allclose(focal, torch.full((200, 2), 0.8), atol=1e-6)
    assert torch.allclose(pose.compose(poses, pose.inverse(poses)), torch.eye(4)[:3].expand(200, 3, 4), atol=1e-5)


def predicted(model, encoding):
    """The model's answer when its camera head says `encoding` (S, 9) whatever it sees."""
    head = model.cam_dec if hasattr(model, "cam_dec") else model.camera_head
    head.forward = lambda tokens: encoding[None]
    with torch.no_grad():
        return model(torch.rand(1, len(encoding), 3, 28, 42))


def test_vggt_speaks_of_camera_from_world_and_depth_anything_of_world_from_camera():
    """Both answers are w2c; the head's numbers mean opposite things."""
    code = torch.tensor([[0, 0, 0, 0, 0, 0, 1, 1, 1], [1, 2, 3, 0, 0, 1, 1, 1, 1], [0, 0, 1, 0, 0, 0, 1, 1, 1.5]]).float()
    given, _ = pose.decode(code)
    assert torch.allclose(predicted(vggt.Vggt(vggt.Config.toy()).eval(), code)["w2c"][0], given)
    out = predicted(da3.DepthAnything3(da3.Config.toy(), "first").eval(), code)
    assert torch.allclose(out["w2c"][0], pose.inverse(given), atol=1e-6)
    assert torch.allclose(out["focal"][0, 2], torch.tensor([0.5 / math.tan(0.75), 0.5 / math.tan(0.5)]))


@pytest.mark.parametrize("model", [vggt.Vggt(vggt.Config.toy()), da3.DepthAnything3(da3.Config.toy(), "middle")], ids=["vggt", "da3"])
def test_the_submap_is_the_first_views_camera_frame(model):
    randomise(model)
    model.eval()
    images = torch.rand(1, 4, 3, 28, 42, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        raw, out = model(images), InSubmap(model)(images)
    assert out["quat"][0, 0].tolist() == [1, 0, 0, 0] and out["trans"][0, 0].tolist() == [0, 0, 0]
    point = torch.tensor([0.3, -0.2, 1.5, 1.0])  # seen by camera 2; through the reference's frame into camera 0
    world = pose.inverse(raw["w2c"])[0, 2] @ point
    first = raw["w2c"][0, 0] @ torch.cat([world, torch.ones(1)])
    w, *xyz = out["quat"][0, 2]
    turned = pose.rotation_from_quaternion(torch.stack([*xyz, w])) @ point[:3] + out["trans"][0, 2]
    assert torch.allclose(turned, first, atol=1e-4)
    assert (out["conf"] >= 1).all() and (out["depth"] > 0).all() and out["depth"].shape == (1, 4, 28, 42)


def test_vggts_first_view_is_the_reference_and_the_others_are_alike():
    model = vggt.Vggt(vggt.Config.toy()).eval()
    randomise(model)
    images = torch.rand(1, 3, 3, 28, 42, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        one, swapped, moved = (model(images[:, order])["depth"][0] for order in ([0, 1, 2], [0, 2, 1], [1, 0, 2]))
    assert torch.allclose(one[[0, 2, 1]], swapped, atol=1e-4)
    assert not torch.allclose(one[[1, 0, 2]], moved, atol=1e-2)


def test_normalisation_is_inside_so_that_pictures_are_given_as_they_are():
    """A picture of ImageNet's mean colour is nothing to the patch embedding but its bias."""
    for model, embed in ((da3.DepthAnything3(da3.Config.toy(), "first"), "backbone.pretrained.patch_embed"), (vggt.Vggt(vggt.Config.toy()), "aggregator.patch_embed.patch_embed")):
        randomise(model)
        seen = []
        model.get_submodule(embed).register_forward_hook(lambda module, args, output: seen.append(output))
        with torch.no_grad():
            model.eval()(torch.tensor(da3.MEAN)[:, None, None].expand(1, 2, 3, 28, 42))
        assert torch.allclose(seen[0], model.get_submodule(embed).proj.bias.expand_as(seen[0]), atol=1e-5)


def test_given_poses_are_relative_to_the_first_view_in_units_of_the_median_distance():
    w2c = torch.eye(4)[:3].repeat(1, 4, 1, 1)
    w2c[0, :, 0, 3] = torch.tensor([5.0, 7, 9, 11])
    assert da3.conditioned(w2c)[0, :, 0, 3].tolist() == [0, 1, 2, 3]
