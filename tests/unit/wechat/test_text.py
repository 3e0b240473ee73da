"""Text for WeChat: cut where sentences end, never forging a reply, choices that fit how they are shown."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.wechat_text import MAX_BYTES, answer_of, numbered, passive, pieces, together, words_of
from bot.messages import Address, Choice, Outbound
from bot.tencent.text import clean, size
from bot.tencent.xml import parse

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
CHOICES = (Choice("7.0", "同意", "同意"), Choice("7.1", "有异议", "有异议"))


def message(text: str, *, choices: tuple[Choice, ...] = (), note: str | None = None) -> Outbound:
    """Return a message to one user."""
    return Outbound(1, Address("wechat", "a", "u"), text, choices, note=note)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=3000))
def test_every_piece_fits_and_nothing_that_can_be_read_is_lost(text: str) -> None:
    found = pieces(text, 60)
    assert all(size(piece) <= 60 for piece in found)
    kept = [char for char in clean(text) if not char.isspace() and char.isprintable()]
    assert [char for piece in found for char in piece if not char.isspace() and char.isprintable()] == kept


def test_a_text_is_cut_where_a_sentence_ends() -> None:
    sentence = "请检查录音服务器的磁盘空间，再重启录音服务。"
    first, *rest = pieces(sentence * 60)
    assert size(first) <= MAX_BYTES
    assert first == sentence * (len(first) // len(sentence))
    assert "".join([first, *rest]) == sentence * 60


def test_without_any_end_it_is_cut_between_characters() -> None:
    assert "".join(pieces("啊" * 1500)) == "啊" * 1500
    assert pieces("") == [""]


@given(st.text(alphabet=st.sampled_from("]>[<!CDATA/&x\x00\x08\ud800") | st.characters(), max_size=200))
def test_no_text_can_forge_a_reply(text: str) -> None:
    fields = parse(passive("openid", "gh_1", text, NOW))
    assert sorted(fields.texts) == ["Content", "CreateTime", "FromUserName", "MsgType", "ToUserName"]
    assert (fields.text("ToUserName"), fields.text("MsgType")) == ("openid", "text")


def test_customers_words_that_look_like_a_reply_come_back_as_words() -> None:
    words = "]]></Content><MsgType><![CDATA[image]]></MsgType><Content><![CDATA["
    content = parse(passive("openid", "gh_1", words, NOW)).text("Content")
    assert content == words.replace("<", "＜")  # nor can they make a link of ours


def test_several_messages_go_as_one_in_order_as_far_as_they_fit() -> None:
    whole = together([message("一" * 300), message("二" * 200), message("三" * 200)], as_numbers=True)
    assert whole.taken == 2
    assert whole.text == "一" * 300 + "\n\n" + "二" * 200


def test_one_that_is_too_long_is_left_to_go_in_pieces() -> None:
    assert together([message("一" * 700), message("二")], as_numbers=True).taken == 0


def test_where_nothing_else_can_be_sent_what_is_too_long_is_cut_and_says_so() -> None:
    said = answer_of([message("一句很长的话。" * 200), message("二")], is_last_way=True)
    assert said.taken == 1
    assert size(said.text) <= MAX_BYTES
    assert said.text.endswith("话。……（内容较长，余下请来电了解）\n回复任意字查看结果")
    assert answer_of([message("一" * 700)], is_last_way=False).taken == 0


def test_numbers_stand_for_the_choices_of_the_last_message_that_asks() -> None:
    first, last = message("甲？", choices=CHOICES), message("乙？", choices=CHOICES[:1])
    assert (
        together([first, last], as_numbers=True).text
        == "甲？\n可回复：同意 · 有异议\n\n乙？\n回复数字：1 同意"
    )
    assert together([first, last], as_numbers=False).choices == CHOICES[:1]


def test_numbers_stand_where_the_question_stands_though_more_is_said_after_it() -> None:
    said = together([message("甲？", choices=CHOICES), message("乙"), message("丙")], as_numbers=True).text
    assert said == f"甲？\n{numbered(CHOICES)}\n\n乙\n\n丙"


def test_where_nothing_can_be_tapped_a_choice_is_to_be_replied() -> None:
    asked = message("如不同意，请点“有异议”。请点“设置”。", choices=CHOICES)
    assert together([asked], as_numbers=True).text.startswith("如不同意，请回复“有异议”。请点“设置”。\n")
    assert together([asked], as_numbers=False).text == "如不同意，请点“有异议”。请点“设置”。"


def test_of_a_card_that_changed_only_the_change_is_said() -> None:
    changed = message("【T1】整张卡片", choices=CHOICES, note="T1 李工已认领")
    assert words_of(changed) == "T1 李工已认领"
    assert together([changed], as_numbers=False).choices == ()


@pytest.mark.parametrize("text", ["a\x00b", "a\x1fb", "a\ufffeb"])
def test_control_characters_are_left_out(text: str) -> None:
    assert pieces(text) == ["ab"]
