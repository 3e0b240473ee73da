"""What people send beside plain words, on both databases: passed-on messages, files, places, odd things."""

from __future__ import annotations

import pytest

from tests.support.telegram import GROUP, STAFF_CHAT, USERNAME, TelegramWorld

P1 = "所有坐席都登不上系统了，电话全打不进来"
P2 = "有两个座席听不到录音"


@pytest.fixture
def mode() -> str:
    """One way in is enough: these are about what comes in."""
    return "polling"


def of_a_colleague(telegram: TelegramWorld, text: str) -> dict[str, object]:
    """Return a message that somebody else wrote in a chat of their own."""
    return {"from": telegram.lin.user, "date": int(telegram.now.timestamp()), "text": text}


@pytest.mark.parametrize("is_hidden", [False, True])
def test_a_report_of_a_colleague_that_is_passed_on_is_a_report(
    telegram: TelegramWorld, *, is_hidden: bool
) -> None:
    telegram.chen.forward(of_a_colleague(telegram, P1), is_hidden=is_hidden)
    assert "已收到，工单号 T1。" in telegram.chen.last()
    assert f"原话：［转发］{P1}" in telegram.card()["text"]
    assert "林主管" not in telegram.card()["text"]


def test_what_a_colleague_wanted_is_no_command_of_who_passes_it_on(telegram: TelegramWorld) -> None:
    telegram.chen.say(P1)
    telegram.li.press("确认2", chat=STAFF_CHAT)
    for words in ("同意", "1", "撤销", "关闭", "部分受影响", "13800000000"):
        telegram.chen.forward(of_a_colleague(telegram, words))
    [ticket] = telegram.tickets()
    assert (ticket["work"], ticket["standing"], ticket["held"]) == ("open", "proposed", 1)
    assert "13800000000" not in telegram.card()["text"].partition("原话")[0]


def test_a_binding_code_that_an_engineer_sent_may_be_passed_on(telegram: TelegramWorld) -> None:
    telegram.li.say("/code 青禾保险客服中心", chat=STAFF_CHAT)
    words = telegram.last(STAFF_CHAT).partition("请客户发送：")[2]
    telegram.visitor.forward(of_a_colleague(telegram, words))
    assert "青禾保险客服中心" in telegram.visitor.last()


def test_a_message_of_the_bots_that_is_passed_back_opens_nothing(telegram: TelegramWorld) -> None:
    telegram.chen.say(P1)
    receipt = telegram.api.messages(telegram.chen.id)[-1]
    telegram.chen.forward(receipt, text="工单 T1：所有坐席都登不上系统了，正在处理")
    assert len(telegram.tickets()) == 1
    assert "T1" in telegram.chen.last()
    assert telegram.card()["text"].count("登不上系统了，正在处理") == 0


def test_a_customers_words_that_support_passes_on_are_no_command(telegram: TelegramWorld) -> None:
    telegram.chen.say(P1)
    telegram.li.press("确认1", chat=STAFF_CHAT)
    heard = telegram.heard(telegram.chen.id)
    telegram.li.press("回复客户", chat=STAFF_CHAT)  # the bot waits for what is to be said
    for words in (f"/resolve@{USERNAME} T1 修好了", f"/confirm@{USERNAME} 1 2"):
        telegram.li.forward(of_a_colleague(telegram, words), chat=STAFF_CHAT)
        assert "转发的内容我只看，不会执行，也不会发给客户" in telegram.last(STAFF_CHAT)
    for words in ("解决 T1 已修好", "回复 T1 你们太慢了", "我们领导很生气"):
        telegram.li.forward(of_a_colleague(telegram, words))
        assert "转发的内容我只看" in telegram.li.last()
    assert telegram.heard(telegram.chen.id) == heard
    assert telegram.tickets()[0]["work"] == "open"

    asked = next(
        m for m in reversed(telegram.api.messages(STAFF_CHAT)) if "要对客户说的话" in m.get("text", "")
    )
    telegram.li.say("正在恢复", chat=STAFF_CHAT, reply_to=asked["message_id"])
    assert telegram.chen.last() == "李工（工单 T1）：正在恢复"


def test_who_runs_a_group_may_pass_on_a_report_there(telegram: TelegramWorld) -> None:
    telegram.bound_group()
    telegram.chen.forward(of_a_colleague(telegram, f"/report@{USERNAME} {P2}"), chat=GROUP)
    assert "已收到，工单号 T1。" in telegram.last(GROUP)
