"""Stories on Telegram, through the real program, in both modes and on both databases."""

from __future__ import annotations

from tests.support.telegram import STAFF_CHAT, TelegramWorld, labels

P1 = "所有坐席都登不上系统了，电话全打不进来"


def test_from_the_report_to_the_rating(telegram: TelegramWorld) -> None:
    telegram.chen.say(P1)

    assert "已收到，工单号 T1。" in telegram.chen.last()
    assert "今天 12:00 前" in telegram.chen.last()
    assert {"确认1", "确认2", "不是故障"} <= set(labels(telegram.card()))
    telegram.chen.press("全部受影响")
    assert "客户答：全部受影响" in telegram.card()["text"]

    telegram.li.press("确认1", chat=STAFF_CHAT)
    assert "优先等级1（双方已确认）" in telegram.card()["text"]
    assert len(telegram.cards()) == 1  # edited in place
    telegram.wait(minutes=30)
    telegram.li.press("回复客户", chat=STAFF_CHAT)
    asked = telegram.api.messages(STAFF_CHAT)[-1]
    telegram.li.say("正在恢复登录服务", chat=STAFF_CHAT, reply_to=asked["message_id"])
    assert "李工（工单 T1）：正在恢复登录服务" in telegram.heard(telegram.chen.id)
    assert "已响应：10:30" in telegram.card()["text"]

    telegram.li.say("/resolve T1 已重启登录服务", chat=STAFF_CHAT)
    telegram.chen.press("已恢复")
    telegram.chen.press("5分")
    assert "5 分已记录" in telegram.chen.last()
    assert telegram.tickets()[0]["work"] == "closed"
    found = telegram.api.look()
    assert len(found["acknowledged"]) == 5
    assert found["queries"] == []
