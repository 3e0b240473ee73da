"""Messages as WeCom's cards and texts: nothing too long, nothing lost, nothing that could be misread."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.channels import wecom_cards as cards
from bot.messages import Address, Choice, Outbound
from tests.e2e.wecom_api.cards import faults

TASK = "7-abc"
LINE = st.text(max_size=120).map(lambda text: " ".join(text.split()))
NAMED = st.builds("{}：{}".format, st.text("期限客户原话命中", min_size=1, max_size=7), LINE)
TEXTS = st.lists(st.one_of(LINE, NAMED, st.just("")), min_size=1, max_size=14).map("\n".join)


def message(text: str, choices: int = 2) -> Outbound:
    made = tuple(Choice(f"7.{number}", f"选{number}", f"选 T1 {number}") for number in range(choices))
    return Outbound(7, Address("wecom", "default", "LiGong"), text, made)


def words(card: dict[str, Any]) -> str:
    """Return everything that a card shows, in any order."""
    rows = "".join(f"{row['keyname']}：{row['value']}" for row in card.get("horizontal_content_list", []))
    title, quote = (
        card.get("main_title", {}).get("title", ""),
        card.get("quote_area", {}).get("quote_text", ""),
    )
    return title + card.get("sub_title_text", "") + rows + quote


def letters(text: str) -> list[str]:
    """Return what a text is made of, whatever its order and its lines."""
    return sorted("".join(text.split()))


@given(text=TEXTS, choices=st.integers(1, 8))
def test_every_card_is_one_that_the_platform_takes_and_shows_all_words(text: str, choices: int) -> None:
    made = cards.card(message(text, choices), TASK)

    if made is None:
        is_long, title = len(text.encode()) > 1500, cards.clean(text).strip().partition("\n")[0]
        assert is_long or not title or len(title) > cards.TITLE
        return
    assert faults(made, is_update=False) == []
    typed = [f"选 T1 {number}" for number in range(cards.BUTTONS, choices)]
    rest = f"可以发：{' · '.join(typed)}" if typed else ""
    assert letters(words(made)) == letters(cards.clean(text) + rest)


@given(text=TEXTS)
def test_a_card_without_choices_is_put_to_rest_and_is_never_sent(text: str) -> None:
    assert cards.card(message(text, 0), TASK) is None
    made = cards.update(message(text or "x", 0), TASK)
    assert made is None or made["replace_text"] == "无需操作"


@given(text=st.text(max_size=4000), choices=st.integers(0, 3))
def test_texts_are_within_the_limit_and_lose_nothing(text: str, choices: int) -> None:
    pieces = cards.texts(message(text, choices))

    assert all(len(piece.encode()) <= 2048 for piece in pieces)
    said = "".join("".join(pieces).split())
    assert said.startswith("".join(cards.clean(text).split()))
    for number in range(choices):
        assert f"选T1{number}" in said


def test_a_link_that_somebody_writes_is_only_words() -> None:
    [text] = cards.texts(message("<a href='https://evil.example'>官网</a> 温度<5 且 a < b", 0))

    assert text == "＜a href='https://evil.example'>官网＜/a> 温度<5 且 a ＜ b"


def test_the_seventh_choice_is_typed() -> None:
    made = cards.card(message("【T1】", 8), TASK)

    assert made is not None
    assert len(made["button_list"]) == 6
    assert made["sub_title_text"] == "可以发：选 T1 6 · 选 T1 7"


def test_short_named_lines_become_rows_and_a_long_one_is_quoted() -> None:
    long = "所有坐席" * 45

    made = cards.card(message(f"【T1】待确认\n响应期限：今天 12:00 前\n客户：青禾\n原话：{long}"), TASK)

    assert made is not None
    assert made["main_title"] == {"title": "【T1】待确认"}
    assert made["horizontal_content_list"] == [
        {"keyname": "响应期限", "value": "今天 12:00 前"},
        {"keyname": "客户", "value": "青禾"},
    ]
    assert made["quote_area"]["quote_text"] == f"原话：{long}"


def test_a_long_first_line_gives_its_first_sentence_as_the_title_and_its_rest_is_no_row() -> None:
    text = (
        "已转给值班工程师。如果是故障，请点“按故障报修”，或说一下：哪里、什么现象、影响多少坐席。\n客户：青禾"
    )
    made = cards.card(message(text, 1), TASK)
    assert made is not None
    assert made["main_title"] == {"title": "已转给值班工程师。"}
    assert made["sub_title_text"] == "如果是故障，请点“按故障报修”，或说一下：哪里、什么现象、影响多少坐席。"
    assert made["horizontal_content_list"] == [{"keyname": "客户", "value": "青禾"}]


def test_a_long_first_line_gives_its_first_clause_as_the_title() -> None:
    made = cards.card(
        message("⚠ T1 优先等级1 · 响应时间已用 50%，期限 今天 12:00 前，约 1 小时内，请值班人员现在答复"),
        TASK,
    )

    assert made is not None
    assert made["main_title"] == {"title": "⚠ T1 优先等级1 · 响应时间已用 50%，"}
    assert made["sub_title_text"] == "期限 今天 12:00 前，约 1 小时内，请值班人员现在答复"
