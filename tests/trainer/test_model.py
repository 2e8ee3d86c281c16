"""The example's transformer: a document is alone in its sample, and the future is not seen."""

import numpy as np
import pytest

from pipeline.loader.plan import MixPlan
from pipeline.loader.token_loader import TokenLoader

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.trainer

VOCABULARY, SIZES = 600, (64, 3, 4)


@pytest.fixture(scope="module")
def model():  # type: ignore[no-untyped-def]
    from model import Model, ModelConfig

    torch.manual_seed(3)
    return Model(ModelConfig(VOCABULARY, *SIZES)).eval()


def sample_of(*documents: list[int]):  # type: ignore[no-untyped-def]
    """Ids and positions of one sample that holds documents one behind the other."""
    ids = torch.tensor([[one for document in documents for one in document]])
    positions = torch.tensor([[at for document in documents for at in range(len(document))]])
    return ids, positions


def documents(*lengths: int) -> list[list[int]]:
    draws = np.random.default_rng(4)
    return [draws.integers(0, VOCABULARY, length).tolist() for length in lengths]


def test_a_document_has_the_same_logits_whatever_stands_beside_it(model) -> None:  # type: ignore[no-untyped-def]
    first, second, third, other = documents(20, 31, 13, 40)
    alone = model(*sample_of(second))
    for before, behind in ((first, third), (other, []), ([], other)):
        whole = model(*sample_of(before, second, behind))
        part = whole[:, len(before) : len(before) + len(second)]
        torch.testing.assert_close(part, alone, atol=2e-6, rtol=1e-5)


def test_no_token_sees_those_behind_it(model) -> None:  # type: ignore[no-untyped-def]
    (one,) = documents(24)
    changed = [*one[:17], *(token ^ 1 for token in one[17:])]
    first, second = (model(*sample_of(each)) for each in (one, changed))
    torch.testing.assert_close(first[:, :17], second[:, :17], atol=2e-6, rtol=1e-5)
    assert not torch.allclose(first[:, 17:], second[:, 17:], atol=1e-3)


def test_a_token_sees_all_before_it_in_its_document(model) -> None:  # type: ignore[no-untyped-def]
    (one,) = documents(24)
    changed = [one[0] ^ 1, *one[1:]]
    first, second = (model(*sample_of(each)) for each in (one, changed))
    assert ((first - second).abs().amax(dim=-1) > 1e-6).all()


@pytest.mark.filterwarnings("ignore:flex_attention called without torch.compile")
def test_the_kernel_for_gpus_sees_what_the_mask_for_cpus_sees() -> None:
    from model import document_mask, seen_blocks
    from torch.nn.attention.flex_attention import flex_attention

    _, positions = sample_of(*documents(50, 7, 71))
    draws = torch.Generator().manual_seed(5)
    queries, keys, values = (torch.randn(1, 4, 128, 16, generator=draws) for _ in range(3))
    masked = torch.nn.functional.scaled_dot_product_attention(
        queries, keys, values, attn_mask=document_mask(positions)
    )
    flexible = flex_attention(queries, keys, values, block_mask=seen_blocks(positions))
    torch.testing.assert_close(flexible, masked, atol=1e-5, rtol=1e-5)


def test_parameters_and_operations_are_as_counted(model) -> None:  # type: ignore[no-untyped-def]
    weights = {name: one for name, one in model.named_parameters() if one.dim() > 1}
    counted = sum(one.numel() for name, one in weights.items() if "embedding" not in name)
    assert model.config.parameters == counted
    dense = 6 * (counted + VOCABULARY * SIZES[0])
    assert model.config.flops(128) == dense + 6 * SIZES[1] * SIZES[0] * 128


def test_the_loss_is_of_the_labels_that_count_alone(plan: MixPlan) -> None:
    from model import loss_sum

    batch = TokenLoader(plan, 8).batch(2)
    logits = torch.randn(*batch.tokens.shape, VOCABULARY)
    labels, mask = torch.from_numpy(batch.labels).long(), torch.from_numpy(batch.loss_mask)
    chances = logits.log_softmax(-1)
    wanted = -sum(
        chances[row, at, batch.labels[row, at]] for row, at in np.argwhere(batch.loss_mask)
    )
    torch.testing.assert_close(loss_sum(logits, labels, mask), wanted, rtol=1e-5, atol=1e-3)
