"""The block model: the same verdict everywhere, and a file that says when it does not fit."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from support_extract import page_of

from classifiers import EXTRACTOR
from pipeline.errors import CheckError, UsageError
from pipeline.extract.extractor import Extracted, extract_text, page_share
from pipeline.extract.judge.features import block_features
from pipeline.extract.judge.model import BlockModel, Forest, dump_model, load_model, parse_model
from pipeline.extract.page.walk import read_blocks
from pipeline.recipe import ExtractConfig

LIMITS = ExtractConfig()
PARAGRAPH = "Flour, water, salt and time are all it takes, and most of it is time. " * 3
PAGE = (
    "<html><head><title>Bread</title></head><body>"
    + "<nav><ul>" + "<li><a href=/a>Section</a></li>" * 8 + "</ul></nav>"
    + "<article><h1>Bread</h1>"
    + "".join(f"<p>{at}. {PARAGRAPH}</p>" for at in range(6))
    + "</article><footer><a href=/p>Privacy policy</a> © 2020</footer></body></html>"
)  # fmt: skip


def test_article_stays_and_navigation_goes(model: BlockModel) -> None:
    found = extract_text(PAGE, model, LIMITS)
    assert isinstance(found, Extracted)
    assert "5. Flour" in found.text
    assert "Section" not in found.text
    assert "Privacy" not in found.text
    assert found.title == "Bread"


def test_shares_of_page_and_links_are_those_of_the_text_that_stays(model: BlockModel) -> None:
    found = extract_text(PAGE.replace("0. Flour", "<a href=/f>0. Flour</a>"), model, LIMITS)
    assert isinstance(found, Extracted)
    assert found.page_share == 1  # but the menu and the foot are left out
    assert found.link_share == len("0. Flour") / len(found.text.removeprefix("# Bread\n\n"))


@pytest.mark.parametrize(("kept", "share"), [([0], 0.2), ([0, 1], 1), ([2], 0.2), ([], 0)])
def test_a_text_is_all_of_its_page_if_but_links_are_left_out(kept: list[int], share: float) -> None:
    links = "<p><a href=/a>one two three four</a></p>"
    page = page_of(f"<p>one two three four</p><p>five six seven eight</p>{links * 3}")
    assert page_share(page, np.full(5, 4, np.float32), kept) == share


def test_verdict_does_not_depend_on_pages_before(model: BlockModel) -> None:
    first = extract_text(PAGE, model, LIMITS)
    extract_text("<div class=sidebar>" + "<p>Buy now</p>" * 50, model, LIMITS)
    assert extract_text(PAGE, model, LIMITS) == first


def test_forest_gives_each_column_the_same_alone_and_in_a_batch(model: BlockModel) -> None:
    page = read_blocks(PAGE, LIMITS)
    assert not isinstance(page, str)
    matrix = block_features(page, model.weights, model.classes)
    wide = np.tile(matrix, (1, 400))
    alone = [int(model.stages[0].chances(matrix[:, [at]])[0]) for at in range(matrix.shape[1])]
    assert model.stages[0].chances(wide).tolist() == alone * 400


def test_forest_follows_borders_and_leaves() -> None:
    forest = Forest(
        np.array([[0], [1]]),
        np.array([[1.0], [2.0]], dtype=np.float32),
        np.array([-4096, 0, 4096, 8192], dtype=np.int32),
        0,
    )
    matrix = np.array([[0, 2, 0, 2], [0, 0, 3, 3]], dtype=np.float32)
    assert forest.chances(matrix).tolist() == [269, 500, 731, 881]


def test_model_survives_writing_and_reading(model: BlockModel) -> None:
    text = dump_model(model)
    assert dump_model(parse_model(json.loads(text))) == text


def test_shipped_model_is_under_two_megabytes_and_has_its_hash_in_the_card(
    model: BlockModel,
) -> None:
    card = json.loads((EXTRACTOR / "card.json").read_text(encoding="utf-8"))
    assert card["hash"] == model.fingerprint
    assert sum(path.stat().st_size for path in EXTRACTOR.iterdir()) < 2_000_000


@pytest.mark.parametrize("way", ["held_out_by_site", "held_out_by_collection"])
def test_card_tells_held_out_figures_by_set_and_page_type(way: str) -> None:
    figures = json.loads((EXTRACTOR / "card.json").read_text(encoding="utf-8"))[way]
    assert set(figures["word_f1"]) == {"aeb", "chinese-web", "readability", "wcxb"}
    assert "forum" in figures["wcxb_page_types"]
    scores = [row["word_f1"] for row in figures["word_f1"].values()]
    assert figures["mean_word_f1"] == pytest.approx(sum(scores) / 4, abs=1e-4)


def test_model_of_other_features_is_refused(model: BlockModel) -> None:
    content = json.loads(dump_model(model))
    content["features"] = content["features"][1:]
    with pytest.raises(CheckError, match="train it again"):
        parse_model(content)


def test_missing_model_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="gristmill train extractor"):
        load_model(tmp_path)


def test_threshold_above_all_still_gives_the_best_text(model: BlockModel) -> None:
    strict = dataclasses.replace(model, threshold=1000)
    assert isinstance(extract_text(PAGE, strict, LIMITS), Extracted)
