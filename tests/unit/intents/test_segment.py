"""Segmentation: the base's words whole, the dictionary read in parts, and both engines alike."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents import default_classifier, segment
from intents.dictionary import Dictionary
from intents.segment import Segmenter
from intents.tables import normalise
from tests.golden.utterances import read_golden

JIEBA = segment.load_jieba()
DICTIONARY = Path(JIEBA.__file__ or "").with_name("dict.txt")
TEXTS = [normalise(row["text"]) for row in read_golden()]
CUT = default_classifier().segment


@pytest.fixture(scope="module")
def whole() -> segment.Cut:
    """jieba with its whole dictionary loaded, as it does by itself."""
    tokenizer = JIEBA.Tokenizer()
    with DICTIONARY.open("rb") as file:
        tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(file)
    tokenizer.initialized = True
    return lambda text: tokenizer.lcut(text, HMM=False)  # type: ignore[no-any-return]


def test_a_dictionary_read_in_parts_cuts_as_the_whole_one(whole: segment.Cut) -> None:
    in_parts = segment.plain(JIEBA, Dictionary(DICTIONARY))
    assert [in_parts(text) for text in TEXTS] == [whole(text) for text in TEXTS]


def test_rjieba_cuts_as_jieba_with_our_words() -> None:
    words = CUT._words
    total, own = segment.frequencies(JIEBA, DICTIONARY, words)
    fast = segment.fast(own)
    assert fast is not None
    plain = segment.plain(JIEBA, Dictionary(DICTIONARY, own, total))
    for text in TEXTS:
        assert fast(text) == plain(text) == CUT(text)


def test_every_word_of_the_base_is_cut_whole() -> None:
    assert [word for word in CUT._words if CUT(word) != [word]] == []


@pytest.mark.parametrize("word", ["登不上", "软电话", "弹屏"])
def test_words_that_jieba_does_not_know_stay_whole_in_a_sentence(word: str, whole: segment.Cut) -> None:
    text = f"所有坐席都说{word}有问题"
    assert word not in whole(text)
    assert word in CUT(text)


@given(st.text())
def test_the_words_of_any_text_make_up_the_text(text: str) -> None:
    assert "".join(CUT(normalise(text))) == normalise(text)


def test_after_many_texts_rjieba_takes_over_and_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segment, "WORTHWHILE", 2)
    cut = Segmenter(["软电话"])
    before = [cut(text) for text in TEXTS[:2]]
    plain = cut._cut
    assert [cut(text) for text in TEXTS[:2]] == before
    assert cut._cut is not plain
    assert cut("软电话登录了") == Segmenter(["软电话"], accelerate=False)("软电话登录了")


def test_frequencies_come_from_the_cache_and_a_damaged_one_is_read_around(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTLINE_CACHE", str(tmp_path / "cache"))
    first = Segmenter(["软电话"])("软电话登录了")
    for file in (tmp_path / "cache").iterdir():
        assert Segmenter(["软电话"])("软电话登录了") == first
        file.write_bytes(b"{}")
    assert Segmenter(["软电话"])("软电话登录了") == first == ["软电话", "登录", "了"]
