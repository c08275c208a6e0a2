"""Sparse linear attention: the definition against dense attention and by hand, then the block-sparse form against the definition."""

import pytest
import torch
from torch.nn import functional as F

from lite3r_student.sparse import (SparseLinearMixer, SparseRecipe, block_sparse, choose_blocks, feature_map, join_specials, kept_blocks,
                                   reference, skipped_blocks, split_specials)


def random_qkv(tokens, *, batch=2, heads=3, dim=8, seed=0, sharp=2.0):
    generator = torch.Generator().manual_seed(seed)
    q, k, v = torch.randn(3, batch, heads, tokens, dim, generator=generator)
    return sharp * q, k, v


VARIANTS = [
    SparseRecipe(keep=0.3, block=8),
    SparseRecipe(keep=0.3, block=8, specials=3),
    SparseRecipe(keep=0.25, skip=0.25, block=8, specials=2),
    SparseRecipe(keep=0.5, skip=0.0, block=16, specials=1, feature_map="elu"),
    SparseRecipe(keep=0.1, block=64, specials=4),  # one short block
    SparseRecipe(keep=1.0, skip=0.0, block=8, specials=2),  # nothing is left for the linear branch
    SparseRecipe(keep=0.3, block=8, query_block=16, specials=2),
    SparseRecipe(keep=0.25, skip=0.25, block=8, query_block=24, specials=1),
]


@pytest.mark.parametrize("recipe", VARIANTS, ids=str)
@pytest.mark.parametrize("views, per_view", [(1, 37), (4, 20), (3, 21), (2, 64), (16, 9)])
def test_block_sparse_equals_the_definition(recipe, views, per_view):
    q, k, v = random_qkv(views * per_view)
    for fast, plain in zip(block_sparse(q, k, v, recipe=recipe, views=views), reference(q, k, v, recipe=recipe, views=views)):
        torch.testing.assert_close(fast, plain, atol=2e-6, rtol=1e-5)


@pytest.mark.parametrize("attention", [reference, block_sparse])
def test_keeping_everything_is_dense_attention(attention):
    q, k, v = random_qkv(4 * 13)
    o_s, _ = attention(q, k, v, recipe=SparseRecipe(keep=1.0, block=8, specials=3), views=4)
    torch.testing.assert_close(o_s, F.scaled_dot_product_attention(q, k, v), atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("attention", [reference, block_sparse])
def test_two_blocks_by_hand(attention):
    # Two blocks of two tokens; queries of block 0 point along the keys of block 1 and the other way round; each keeps one block.
    a, b = torch.tensor([4.0, 0.0]), torch.tensor([0.0, 4.0])
    q, k = torch.stack([b, b, a, a])[None, None], torch.stack([a, a, b, b])[None, None]
    v = torch.tensor([[1.0, 0], [3, 0], [0, 5], [0, 7]])[None, None]
    o_s, o_l = attention(q, k, v, recipe=SparseRecipe(keep=0.5, skip=0.0, block=2))
    # equal keys inside a block: plain means of the other block's values, and the linear branch sees the block that was not kept
    torch.testing.assert_close(o_s[0, 0], torch.tensor([[0.0, 6], [0, 6], [2, 0], [2, 0]]))
    torch.testing.assert_close(o_l[0, 0], torch.tensor([[2.0, 0], [2, 0], [0, 6], [0, 6]]))


@pytest.mark.parametrize("attention", [reference, block_sparse])
def test_all_equal_keys_give_finite_means_and_exactly_k_blocks(attention):
    q, _, v = random_qkv(40)
    k = torch.ones_like(q)
    recipe = SparseRecipe(keep=0.4, block=8)  # 2 of 5 blocks: ties must not let more in
    o_s, o_l = attention(q, k, v, recipe=recipe)
    torch.testing.assert_close(o_s, v[:, :, :16].mean(2, keepdim=True).expand_as(v), atol=1e-6, rtol=1e-5)
    torch.testing.assert_close(o_l, v.mean(2, keepdim=True).expand_as(v), atol=1e-6, rtol=1e-5)


def test_zero_tokens_of_padding_change_nothing():
    # 21 tokens in blocks of 8 leave 3 places empty; a block size that fits exactly (7) keeps the same tokens when everything is kept
    q, k, v = random_qkv(21)
    padded, exact = (block_sparse(q, k, v, recipe=SparseRecipe(keep=1.0, block=b)) for b in (8, 7))
    for a, b in zip(padded, exact):
        torch.testing.assert_close(a, b, atol=1e-6, rtol=1e-5)


def test_special_tokens_see_everything_and_are_seen_by_all():
    views, per_view, specials = 4, 17, 2
    q, k, v = random_qkv(views * per_view)
    recipe = SparseRecipe(keep=0.3, block=8, specials=specials)
    o_s, o_l = block_sparse(q, k, v, recipe=recipe, views=views)
    dense = F.scaled_dot_product_attention(q, k, v)
    special, _ = split_specials(o_s, views, specials)
    torch.testing.assert_close(special, split_specials(dense, views, specials)[0], atol=1e-6, rtol=1e-5)
    assert split_specials(o_l, views, specials)[0].abs().max() == 0
    # a special value of 1e4 at one token reaches every patch
    v2 = v.clone()
    v2[:, :, 0] += 1e4
    changed = (block_sparse(q, k, v2, recipe=recipe, views=views)[0] - o_s).abs().amax(-1)
    assert (changed > 0).all()


def test_smoothing_k_cannot_change_the_result():
    q, k, v = random_qkv(64)
    recipe = SparseRecipe(keep=0.25, block=8)
    shift = torch.randn(k.shape[-1], generator=torch.Generator().manual_seed(3))
    torch.testing.assert_close(reference(q, k + shift, v, recipe=recipe)[0], reference(q, k, v, recipe=recipe)[0], atol=1e-5, rtol=1e-4)


def test_split_and_join_undo_each_other():
    x = torch.randn(2, 3, 4 * 7, 5)
    assert torch.equal(join_specials(*split_specials(x, 4, 2), 4), x)


@pytest.mark.parametrize("patches, specials", [(768, 16), (3072, 64), (192, 4), (10, 4), (644, 16)])
def test_the_budget_holds_what_is_seen_to_the_kept_share(patches, specials):
    for block in (16, 32, 64):
        kept = kept_blocks(patches, specials, SparseRecipe(keep=0.3, block=block, specials=4))
        assert kept >= 1
        if kept > 1:
            assert specials + kept * block <= 0.3 * (patches + specials)


def test_kept_and_skipped_blocks_never_overlap():
    recipe = SparseRecipe(keep=0.5, skip=0.5, block=8)
    for patches in range(1, 100):
        blocks = -(-patches // 8)
        assert kept_blocks(patches, 0, recipe) + skipped_blocks(patches, 0, recipe) <= blocks
    chosen, dropped = choose_blocks(torch.zeros(1, 1, 6, 6), 3, 3)
    assert not set(chosen[0, 0, 0].tolist()) & set(dropped[0, 0, 0].tolist())


@pytest.mark.parametrize("kind", ["softmax", "elu"])
def test_feature_maps_are_positive(kind):
    assert (feature_map(10 * torch.randn(100, 8), kind) >= 0).all()


def test_a_fresh_mixer_is_the_sparse_branch_alone():
    q, k, v = random_qkv(4 * 20)
    recipe = SparseRecipe(keep=0.3, block=8, specials=2, rescale=True)
    mixer = SparseLinearMixer(3, 8, recipe)
    assert torch.equal(mixer(q, k, v, views=4), block_sparse(q, k, v, recipe=recipe, views=4)[0])


def test_only_projections_have_gradients_to_learn_from():
    q, k, v = random_qkv(4 * 20)
    mixer = SparseLinearMixer(3, 8, SparseRecipe(keep=0.3, block=8, specials=2, rescale=True))
    mixer(q, k, v, views=4).square().sum().backward()
    assert {name for name, _ in mixer.named_parameters()} == {"linear_projection", "sparse_projection"}
    assert all(p.grad.abs().max() > 0 for p in mixer.parameters())


@pytest.mark.parametrize("wrong", [{"keep": 0}, {"keep": 1.1}, {"keep": 0.5, "skip": 0.6}, {"block": 0}, {"query_block": 0}, {"feature_map": "relu"}])
def test_impossible_recipes_are_refused(wrong):
    with pytest.raises(ValueError):
        SparseRecipe(**wrong)
