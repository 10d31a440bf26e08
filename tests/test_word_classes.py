"""How much words say by their class."""

from __future__ import annotations

import pytest

from qa.understanding.word_classes import word_weights


@pytest.mark.parametrize(
    ("text", "word", "weight"),
    [
        ("又养了多少辆公车", "又", 0.0),
        ("又养了多少辆公车", "养", 0.3),
        ("又养了多少辆公车", "公车", 1.0),
        ("它的年薪是多少", "它", 0.0),
        ("它的年薪是多少", "年薪", 1.0),
        # a verb that qualifies a noun names something
        ("考察经费是多少", "考察", 1.0),
        ("what is the budget", "budget", 1.0),
    ],
)
def test_a_word_says_as_much_as_its_class(text: str, word: str, weight: float) -> None:
    at = text.index(word)
    assert set(word_weights(text)[at : at + len(word)]) == {weight}


def test_there_is_a_weight_for_every_character() -> None:
    for text in ("", "三公经费", "2024年 A/B（含）"):
        assert len(word_weights(text)) == len(text)
