"""Our Depth-Anything-3 at toy width against its authors' package: same names, same shapes, same numbers. (Real width: `backbone-parity`.)"""

import pytest
import torch

pytest.importorskip("depth_anything_3", reason="needs the parity reference: pip install --no-deps depth-anything-3==0.1.1 (student/run does)")

from lite3r_student.backbones import da3, parity  # noqa: E402

TOY = da3.Config.toy()


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


@pytest.mark.parametrize("views, reference, posed", [(1, "first", False), (2, "middle", False), (3, "middle", False), (4, "first", False), (5, "middle", False),
                                                     (3, "first", True)])
def test_every_output_agrees_with_the_authors_package(views, reference, posed):
    found = parity.differences(TOY, views=views, height=42, width=56, reference=reference, posed=posed)
    assert max(found.values()) < 1e-4, found


def test_a_picture_of_the_pretrained_size_takes_the_position_table_as_it_is():
    assert max(parity.differences(TOY, views=3, height=70, width=70).values()) < 1e-4


def test_a_real_size_has_the_authors_parameters_by_name_and_shape():
    theirs = parity.authors_network(da3.CONFIGS["da3-small"])
    with torch.device("meta"):
        ours = da3.DepthAnything3(da3.CONFIGS["da3-small"])
    shapes = [{n: p.shape for n, p in model.named_parameters(remove_duplicate=False)} for model in (ours, theirs)]
    assert shapes[0] == shapes[1]


def test_the_comparison_can_fail():
    """One transposed head weight is seen."""
    theirs, ours = parity.authors_network(TOY), da3.DepthAnything3(TOY).eval()
    parity.randomise(theirs)
    weights = theirs.state_dict()
    weights["cam_dec.fc_qvec.weight"] = weights["cam_dec.fc_qvec.weight"].flip(0)
    from lite3r_student.backbones.checkpoints import fill

    fill(ours, weights)
    images = torch.rand(1, 2, 3, 28, 42)
    with torch.no_grad():
        difference = ours(images)["w2c"] - parity.authors_outputs(theirs, images, None, None, "first")["extrinsics"]
    assert difference.abs().max() > 0.1
