"""The small parts: normalising, brackets, quantities, sounds, slips, matching."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents import automaton, quantity
from intents.fuzzy import Fuzzy
from intents.homophone import Homophones, hear, spell
from intents.marks import KINDS, UNUSUAL, marks_of, places
from intents.segment import Segmenter
from intents.tables import normalise
from knowledge.braces import expand

CUT = Segmenter([])


@given(st.text())
def test_normalising_keeps_every_offset(text: str) -> None:
    assert len(normalise(text)) == len(text)


@pytest.mark.parametrize(
    ("text", "plain"),
    [("電話打不進來", "电话打不进来"), ("ＩＶＲ", "ivr"), ("CTI Down", "cti down"), ("３號", "3号")],
)
def test_traditional_full_width_and_capitals_become_plain(text: str, plain: str) -> None:
    assert normalise(text) == plain


@given(st.text(st.characters(codec=None) | st.sampled_from("".join(KINDS.values()))))
def test_a_look_over_a_text_says_what_it_holds(text: str) -> None:
    seen = marks_of(text)
    assert [bool(seen & mark) for mark in KINDS] == [
        not set(chars).isdisjoint(text) for chars in KINDS.values()
    ]
    assert seen & UNUSUAL or normalise(text) == text
    for mark, chars in KINDS.items():
        assert places(text, mark) == [at for at, char in enumerate(text) if char in chars]


@pytest.mark.parametrize(
    ("word", "forms"),
    [
        ("登{不,勿}上", ["登不上", "登勿上"]),
        ("打(电话)不通", ["打不通", "打电话不通"]),
        ("{a,b}{c,d}", ["ac", "ad", "bc", "bd"]),
        ("崩(了)", ["崩", "崩了"]),
        ("那个{，}有人", ["那个，有人"]),
    ],
)
def test_brackets_spell_out_all_forms(word: str, forms: list[str]) -> None:
    assert expand(word) == forms


@pytest.mark.parametrize("word", ["登{不上", "登不}上", "登不上，", "登{不，勿}上", "({a,b}" + "{a,b}" * 12])
def test_a_slip_in_brackets_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match=r"括号|展开|空格"):
        expand(word)


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("十个里有八九个听不见", "all"),
        ("三十几个人里有两个登不上", "some"),
        ("七八成的坐席掉线", "all"),
        ("两台话机没声音", "some"),
        ("四十人登不上", "many"),
        ("分机8015没声音", "one"),
        ("80%的坐席掉线", "all"),
    ],
)
def test_a_quantity_says_whom_it_meets(text: str, scope: str) -> None:
    assert [found.scope for found in quantity.find(text)] == [scope]


@pytest.mark.parametrize("text", ["一直掉线", "等了三次", "十点开始登不上", "12月3日开会", "第一次"])
def test_what_counts_no_people_is_no_quantity(text: str) -> None:
    assert quantity.find(text) == []


@pytest.mark.parametrize(
    ("word", "value"), [("三十", 30), ("两百", 200), ("俩", 2), ("15", 15), ("十二", 12)]
)
def test_numerals_have_their_value(word: str, value: int) -> None:
    assert quantity.number(word) == value


def test_pinyin_is_cut_into_syllables() -> None:
    assert [part[0] for part in spell("denglu") or []] == ["deng", "lu"]
    assert spell("xitongx") is None


@given(st.text(alphabet="打不近来xitong 系统abc", max_size=30))
def test_what_is_heard_points_back_into_the_text(text: str) -> None:
    heard, spans = hear(text)
    places = spans or [(at, at + 1) for at in range(len(text))]
    assert len(heard) == len(places)
    assert all(0 <= start < end <= len(text) for start, end in places)


def test_a_term_is_found_by_its_sound() -> None:
    words = Homophones(["打不进来", "系统"], accelerate=True)
    assert words.find("电话打不近来", CUT) == [(0, 2, 6)]
    assert words.find("xi tong", CUT) == [(1, 0, 7)]


def test_a_short_sound_inside_another_word_is_no_term() -> None:
    assert Homophones(["死机"], accelerate=True).find("找个司机来", CUT) == []


@pytest.mark.parametrize("text", ["电活打不进来", "电话打不进进来", "电话打进不来"])
def test_one_slip_in_a_long_term_is_forgiven(text: str) -> None:
    assert Fuzzy(["电话打不进来"], accelerate=True).find(text)


@pytest.mark.parametrize("text", ["电话打得进来", "电话打不过来", "没话打不进来"])
def test_another_word_is_no_slip(text: str) -> None:
    assert Fuzzy(["电话打不进来"], accelerate=True).find(text) == []


@given(
    st.lists(st.text("ab不上", min_size=1, max_size=3), min_size=1, unique=True),
    st.text("ab不上", max_size=20),
)
def test_both_automata_find_the_same(terms: list[str], text: str) -> None:
    assert automaton.plain(terms)(text) == automaton.fast(terms)(text)
    both = [sorted(automaton.build_overlapping(terms, accelerate=fast)(text)) for fast in (True, False)]
    assert both[0] == both[1]
