"""Faces are no words, and what a platform can't show is nothing that a customer said."""

from __future__ import annotations

import pytest

from bot.tencent.faces import NOTHING, THANKS, spoken


@pytest.mark.parametrize("text", ["[强]", "[玫瑰][玫瑰]", "/:strong", "[微笑] [抱拳]", "/::)/:rose", "[ok]"])
def test_thanks(text: str) -> None:
    assert spoken(text) == THANKS


@pytest.mark.parametrize("text", ["[微笑]", "[捂脸][捂脸]", "/::)", "/::D /::P"])
def test_nothing_that_asks_for_a_person(text: str) -> None:
    assert spoken(text) == NOTHING


@pytest.mark.parametrize("text", ["【收到不支持的消息类型，暂无法显示】", "收到不支持的消息类型，暂无法显示"])
def test_what_the_platform_can_not_show(text: str) -> None:
    assert spoken(text) == ""


@pytest.mark.parametrize(
    "text", ["好的[OK]", "[紧急]", "[1]", "系统不支持的消息类型，暂无法显示", "/路径", "", "a/:b"]
)
def test_words_stay_words(text: str) -> None:
    assert spoken(text) == text
