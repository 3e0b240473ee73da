"""What somebody means who types a choice."""

from __future__ import annotations

import pytest

from bot.dialogue.offers import meant, number_in
from bot.messages import Option

EFFECT = (
    Option("全部受影响", "全部受影响", "effect", 1, "1"),
    Option("部分受影响", "部分受影响", "effect", 1, "2"),
    Option("只是咨询", "只是咨询", "effect", 1, "3"),
)
VIEW = (Option("同意", "同意", "agree", 1, "1"), Option("有异议", "有异议", "object", 1))
RATING = tuple(Option(f"{n}分", f"评分 {n}", "rate", 1, str(n)) for n in range(1, 6))


@pytest.mark.parametrize(
    "text",
    [
        "2",
        "２",
        "二",
        "②",
        "2.",
        "2、",
        "２。",
        "（2）",
        "2️⃣",
        " 2 ",
        "选2",
        "选择二",
        "回复2",
        "第二个",
        "第2项",
    ],
)
def test_a_number_is_understood_however_a_phone_writes_it(text: str) -> None:
    assert number_in(text) == 2


@pytest.mark.parametrize(
    "text", ["二个", "2个", "三个坐席", "一下", "一直", "十一", "123", "0", "-1", "T2", "2:1", "二月", "两"]
)
def test_what_only_holds_a_number_is_none(text: str) -> None:
    assert number_in(text) is None


@pytest.mark.parametrize(
    ("text", "argument"),
    [("3", "3"), ("只是咨询", "3"), ("只是咨询。", "3"), ("3、只是咨询", "3"), ("4", None)],
)
def test_number_and_label_name_a_choice(text: str, argument: str | None) -> None:
    assert [option.argument for option in meant([EFFECT], text)] == ([argument] if argument else [])


@pytest.mark.parametrize("text", ["5", "五", "5分", "５分", "五分", "评分 5", "评分5", "5 5分"])
def test_five_points_are_five_points(text: str) -> None:
    assert [option.argument for option in meant([RATING], text)] == ["5"]


def test_a_number_that_two_questions_have_means_both_and_one_view_is_one_meaning() -> None:
    assert [option.label for option in meant([VIEW, EFFECT], "2")] == ["有异议", "部分受影响"]
    assert [option.label for option in meant([VIEW, EFFECT], "1")] == ["同意"]
    assert [option.label for option in meant([VIEW, EFFECT], "3")] == ["只是咨询"]
    assert [option.label for option in meant([VIEW, EFFECT], "全部受影响")] == ["全部受影响"]
