"""The GPU's kernels against the definition, in Triton's interpreter where there is no GPU."""

import os

import pytest
import torch

CUDA = torch.cuda.is_available() and torch.cuda.get_device_capability()[0] >= 9
if not CUDA:
    os.environ["TRITON_INTERPRET"] = "1"  # read when a kernel is defined
pytest.importorskip("triton", reason="Triton comes with PyTorch's Linux wheel; there is none here")

from lite3r_student import hopper  # noqa: E402
from lite3r_student.hopper import PLAIN, Variant  # noqa: E402
from lite3r_student.sparse import SparseLinearMixer, SparseRecipe, reference  # noqa: E402

if not CUDA:  # what Triton 3.6's interpreter lacks
    import numpy as np
    from triton import language as tl
    from triton.runtime import interpreter

    patch, dot, convert = interpreter._patch_lang_tensor, interpreter.InterpreterBuilder.create_dot, interpreter._convert_float

    def patch_for_new_numpy(tensor, scope):  # it takes a loop's bound from an array of one element, which NumPy 2.4 refuses
        patch(tensor, scope)
        scope.set_attr(tensor, "__index__", lambda self: int(self.handle.data.item()))

    def dot_of_bfloat16(self, a, b, *rest):  # NumPy has no such type: it multiplies the bits
        a, b = (interpreter.TensorHandle((x.data.astype(np.uint32) << 16).view(np.float32), tl.float32) if x.dtype.scalar == tl.bfloat16 else x for x in (a, b))
        return dot(self, a, b, *rest)

    def convert_to_nearest(x, source, target, mode):  # it cuts off where a GPU rounds
        torch_type = {tl.bfloat16: torch.bfloat16, tl.float8e4nv: torch.float8_e4m3fn}.get(target)
        if source != tl.float32 or torch_type is None:
            return convert(x, source, target, mode)
        rounded = torch.from_numpy(np.ascontiguousarray(x).view(np.float32)).to(torch_type)
        return rounded.view(torch.int16 if target == tl.bfloat16 else torch.int8).numpy().view(np.uint16 if target == tl.bfloat16 else np.uint8)

    interpreter._patch_lang_tensor, interpreter.InterpreterBuilder.create_dot = patch_for_new_numpy, dot_of_bfloat16
    interpreter._convert_float = convert_to_nearest

DEVICE = "cuda" if CUDA else "cpu"
D = 64
RECIPE = SparseRecipe(keep=0.4, block=16, query_block=32, specials=2)


def random_qkv(tokens, *, batch=1, heads=2, seed=0):
    return torch.randn(3, batch, heads, tokens, D, generator=torch.Generator().manual_seed(seed)).bfloat16().to(DEVICE).unbind(0)


def projection(heads=2, seed=1):
    return 0.3 * torch.randn(heads, D, D, generator=torch.Generator().manual_seed(seed)).to(DEVICE)


def wanted(q, k, v, p, recipe, views):
    o_s, o_l = reference(*(x.double() for x in (q, k, v)), recipe=recipe, views=views)
    return o_s + o_l @ p.double()


def error(q, k, v, p, recipe, views, variant=PLAIN):
    want = wanted(q, k, v, p, recipe, views)
    got = hopper.attention(q, k, v, p, recipe=recipe, views=views, variant=variant, out_dtype=torch.float32)
    assert got.shape == q.shape and torch.isfinite(got.float()).all()
    return ((got.double() - want).norm() / want.norm()).item()


@pytest.mark.parametrize("recipe, views, per_view", [
    (RECIPE, 4, 27),  # blocks cross views; the last is short
    (RECIPE, 1, 40),  # one view
    (SparseRecipe(keep=0.01, block=16, query_block=32, specials=1), 3, 30),  # K = 1
    (SparseRecipe(keep=1.0, block=16, query_block=32, specials=1), 3, 23),  # everything
    (SparseRecipe(keep=0.5, block=16), 2, 32),  # no special tokens, whole blocks, own choice for each block
    (SparseRecipe(keep=0.3, block=16, query_block=64, specials=5, feature_map="elu"), 5, 20),  # two special blocks
], ids=str)
def test_the_kernel_agrees_with_the_definition(recipe, views, per_view):
    q, k, v = random_qkv(views * per_view)
    assert error(q, k, v, projection(), recipe, views) < 2e-3


def test_the_kernel_reads_any_layout_and_several_windows():
    q, k, v = (x.transpose(1, 2).contiguous().transpose(1, 2) for x in random_qkv(2 * 26, batch=2))
    assert error(q, k, v, projection(1), RECIPE, 2) < 2e-3  # one P shared by all heads


def test_all_equal_keys_keep_exactly_the_blocks_that_the_definition_keeps():
    q, _, v = random_qkv(4 * 27)
    assert error(q, torch.ones_like(q), v, projection(), RECIPE, 4) < 2e-3


def test_scores_beyond_the_bound_fall_back_to_a_running_maximum():
    q, k, v = random_qkv(4 * 27)
    assert error(20 * q, k, v, projection(), RECIPE, 4) < 2e-3


def test_a_few_queries_beyond_the_bound_do_not_disturb_the_others():
    q, k, v = random_qkv(4 * 27)
    q[:, :, 50] *= 30
    assert error(q, k, v, projection(), RECIPE, 4) < 2e-3


@pytest.mark.parametrize("variant", [Variant(tma=False, bounded=False), Variant(tma=False, ahead=True), Variant(tma=False, ahead=True, bounded=False)], ids=str)
def test_every_way_through_the_blocks_gives_the_same(variant):
    q, k, v = random_qkv(4 * 27)
    assert error(q, k, v, projection(), RECIPE, 4, variant) < 2e-3


@pytest.mark.parametrize("variant, bar", [(Variant("int8", "bf16", tma=False), 3e-2), (Variant("int8", "fp8", tma=False, bounded=False), 3e-2), (Variant("fp8", "bf16", tma=False), 6e-2),
                                          (Variant("fp8", "fp8", tma=False, bounded=False), 6e-2)], ids=str)
def test_eight_bits_cost_what_eight_bits_cost(variant, bar):
    q, k, v = random_qkv(4 * 27)
    assert error(q, k, v, projection(), RECIPE, 4, variant) < bar


def test_the_choice_is_the_best_blocks_in_ascending_order_and_ties_go_to_the_first():
    scores = torch.tensor([[3.0, -1, 3, 7, -0.0, 0, 3], [-2, -2, -2, -5, -2, -9, -2]], device=DEVICE)
    s = hopper.Summary(*[None] * 3, pooled_q=scores[None], pooled_k=torch.eye(7, device=DEVICE)[None], mixed=None, total=None, bound=None, length=0)
    assert hopper.select(s, 3).tolist() == [[[0, 2, 3], [0, 1, 2]]]


def test_a_mixer_with_the_kernel_takes_the_place_of_the_one_that_was_trained():
    mixer = SparseLinearMixer(2, D, RECIPE).to(DEVICE)
    torch.nn.init.normal_(mixer.linear_projection, std=0.3)
    q, k, v = random_qkv(4 * 27)
    with torch.no_grad():
        want, got = mixer(q.float(), k.float(), v.float(), views=4), hopper.HopperMixer(mixer, "bf16/bf16 ptr w4 s5")(q, k, v, views=4)
    assert (got.float() - want).norm() / want.norm() < 3e-3


@pytest.mark.parametrize("wrong", [{"skip": 0.1}, {"rescale": True}, {"block": 24}, {"block": 16, "query_block": 48}], ids=str)
def test_what_the_kernel_cannot_do_it_refuses(wrong):
    q, k, v = random_qkv(40)
    with pytest.raises(ValueError, match=next(iter(wrong))):
        hopper.attention(q, k, v, projection(), recipe=SparseRecipe(**wrong))


@torch.no_grad()
@pytest.mark.parametrize("per_head", [True, False])
def test_some_heads_alone_are_those_heads_of_all(per_head):
    from lite3r_student.lean import mixer_of

    mixer = SparseLinearMixer(4, D, SparseRecipe(keep=0.4, block=16, query_block=32, specials=2, per_head=per_head))
    mixer.linear_projection.copy_(projection(len(mixer.linear_projection)))
    q, k, v = random_qkv(4 * 42, heads=4)
    whole = hopper.HopperMixer(mixer.to(DEVICE), "bf16/bf16 ptr w4 s5")
    part = mixer_of(whole, slice(1, 3))
    torch.testing.assert_close(part(q[:, 1:3], k[:, 1:3], v[:, 1:3], views=4), whole(q, k, v, views=4)[:, 1:3], atol=0, rtol=0)
