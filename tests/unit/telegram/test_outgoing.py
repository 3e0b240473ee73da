"""Texts in pieces, buttons in rows."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.outgoing import TEXT_LIMIT, keyboard, length, pieces
from bot.messages import Choice


def test_a_short_text_is_one_piece() -> None:
    assert pieces("已收到，工单号 T1。") == ["已收到，工单号 T1。"]
    assert pieces("") == [""]


def test_a_long_text_is_cut_at_the_end_of_a_sentence() -> None:
    sentence = "所有座席都登录不上系统。"
    parts = pieces(sentence * 800)
    assert len(parts) == 3
    assert all(part.endswith("。") for part in parts)
    assert "".join(parts) == sentence * 800


def test_a_line_is_a_better_place_than_a_sentence() -> None:
    first, second = "甲" * 3000 + "。乙", "丙" * 2000
    assert pieces(f"{first}\n{second}") == [first, second]


def test_a_text_without_any_end_is_cut_where_it_must_be() -> None:
    assert [len(part) for part in pieces("甲" * 5000)] == [TEXT_LIMIT, 5000 - TEXT_LIMIT]
    assert [len(part) for part in pieces("😱" * 3000)] == [2048, 952]


@given(st.text(max_size=300), st.integers(5, 40))
def test_no_piece_is_too_long_and_nothing_but_space_is_lost(text: str, limit: int) -> None:
    parts = pieces(text, limit)
    assert all(length(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def choices(*labels: str) -> list[Choice]:
    return [Choice(f"123456789.{number}", label, label) for number, label in enumerate(labels)]


def test_buttons_stand_in_rows_that_fit_a_phone() -> None:
    made = keyboard(choices("确认1", "确认2", "不是故障", "问客户", "绑定客户"))
    assert made is not None
    assert [[b.text for b in row] for row in made.inline_keyboard] == [
        ["确认1", "确认2", "不是故障"],
        ["问客户", "绑定客户"],
    ]
    assert all(len(str(b.callback_data).encode()) <= 64 for row in made.inline_keyboard for b in row)
    assert keyboard([]) is None


def test_the_rating_is_one_row() -> None:
    made = keyboard(choices("1分", "2分", "3分", "4分", "5分"))
    assert made is not None
    assert [len(row) for row in made.inline_keyboard] == [5]
