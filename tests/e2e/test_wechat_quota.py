"""What WeChat lets us send after a user wrote, and what happens to the rest."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.delivery.inline import Neighbours
from bot.delivery.outbound import outbound_of
from bot.messages import Outbound, Receipt, Say
from bot.store.tables import ChatRow, OutboxRow
from tests.support.wechat import P1, WechatWorld


def test_when_little_may_be_sent_what_waits_goes_as_one_and_the_last_is_for_the_end(
    wechat: WechatWorld,
) -> None:
    wechat.bind()
    wechat.says(P1)
    wechat.staff("确认 T1 1")
    wechat.staff("认领 T1")
    wechat.staff("回复 T1 正在看日志")
    wechat.deliver_after(seconds=6)
    assert len(wechat.sent()) == 3

    for words in ("重启了服务", "请再试一次"):
        wechat.staff_undelivered(f"回复 T1 {words}")
    wechat.deliver_after(seconds=6)
    assert len(wechat.sent()) == 4
    assert "重启了服务" in wechat.texts()[3]
    assert "请再试一次" in wechat.texts()[3]

    wechat.staff("回复 T1 还要十分钟")
    assert len(wechat.sent()) == 4
    assert "请马上打电话：" in wechat.last("staff")
    assert "平台允许的消息条数已用完" in wechat.last("staff")

    wechat.staff("解决 T1 已经恢复")
    assert len(wechat.sent()) == 5
    assert "还要十分钟" in wechat.texts()[4]
    assert "已经恢复" in wechat.texts()[4]
    assert wechat.differences() == {}


def test_what_could_not_be_sent_comes_with_the_answer_to_the_users_next_message(wechat: WechatWorld) -> None:
    wechat.bind()
    wechat.says(P1)
    wechat.deliver_after(hours=49)

    wechat.staff("回复 T1 请重启一次话机")
    assert wechat.sent() == []
    assert "客户超过 48 小时没有发言" in "\n".join(wechat.heard("staff"))
    assert "message/custom/send" not in wechat.platform()["calls"]

    answer = wechat.says("怎么样了") or ""

    assert "请重启一次话机" in answer
    assert answer.index("请重启一次话机") < answer.index("T1", answer.index("请重启一次话机"))
    assert wechat.tickets()[0]["responded_at"] is not None


@pytest.mark.parametrize(("code", "why"), [(45015, "48 小时"), (45047, "条数已用完")])
def test_the_platform_knows_better_than_our_count(wechat: WechatWorld, code: int, why: str) -> None:
    wechat.bind()
    wechat.says(P1)
    wechat.platform(faults=[{"endpoint": "message/custom/send", "code": code}])

    wechat.staff("回复 T1 正在处理")
    wechat.staff("回复 T1 快好了")

    assert wechat.platform()["calls"].count("message/custom/send") == 1
    told = [line for line in wechat.heard("staff") if "请马上打电话" in line]
    assert len(told) == 1
    assert why in told[0]


FIELDS = {"character_string1": "ticket", "thing2": "text", "time3": "time"}
TEMPLATE_FAILED = "<Event>TEMPLATESENDJOBFINISH</Event><MsgID>1</MsgID><Status>failed:user block</Status>"
NOTICE_FAILED = (
    "<Event>subscribe_msg_sent_event</Event><SubscribeMsgSentEvent><List><TemplateId>tpl</TemplateId>"
    "<MsgID>1</MsgID><ErrorCode>{}</ErrorCode><ErrorStatus>x</ErrorStatus></List></SubscribeMsgSentEvent>"
)


@pytest.mark.usefixtures("patience")
@pytest.mark.parametrize(
    ("kind", "failed"),
    [("template", TEMPLATE_FAILED), ("notice", NOTICE_FAILED.format(1003))],
    ids=["template", "notice"],
)
def test_outside_the_window_a_notice_asks_the_user_to_write_once(
    migrated_url: str, wechat_api: str, tmp_path: Path, kind: str, failed: str
) -> None:
    wechat = WechatWorld(migrated_url, wechat_api, tmp_path, **{kind: "tpl"}, notice_fields=FIELDS)
    wechat.platform(**{f"{kind}s": {"tpl": list(FIELDS)}})
    wechat.bind()
    wechat.says("个别座席录音听不到")
    wechat.deliver_after(hours=49)

    wechat.staff("回复 T1 请看一下录音服务器")
    wechat.staff("回复 T1 看过了吗")

    [notice] = wechat.sent()
    assert notice["data"]["character_string1"] == {"value": "T1"}
    went_well = f"<MsgType>event</MsgType>{NOTICE_FAILED.format(0)}"
    wechat.reports(wechat.body("openid-1", went_well), note=False)
    wechat.app.deliver()
    assert not [line for line in wechat.heard("staff") if "请打电话" in line]

    wechat.now += timedelta(seconds=1)
    wechat.reports(wechat.body("openid-1", f"<MsgType>event</MsgType>{failed}"), note=False)
    wechat.app.deliver()
    assert "通知没有送到，请打电话：" in wechat.last("staff")
    wechat.close()


@pytest.mark.usefixtures("patience")
def test_who_never_subscribed_to_the_notice_is_phoned(
    migrated_url: str, wechat_api: str, tmp_path: Path
) -> None:
    wechat = WechatWorld(migrated_url, wechat_api, tmp_path, notice="tpl", notice_fields=FIELDS)
    wechat.platform(faults=[{"endpoint": "message/subscribe/bizsend", "code": 43101}])
    wechat.bind()
    wechat.says("个别座席录音听不到")
    wechat.deliver_after(hours=49)

    wechat.staff("回复 T1 请看一下录音服务器")

    assert "要紧请打电话：" in wechat.last("staff")
    wechat.close()


def test_an_unverified_account_answers_when_it_is_written_to(wechat: WechatWorld) -> None:
    wechat.platform(is_verified=False)
    wechat.bind()
    wechat.says(P1)

    wechat.staff("确认 T1 1")
    assert "没有客服消息权限" in "\n".join(wechat.heard("staff"))
    assert "请马上打电话：" in wechat.last("staff")
    wechat.staff("回复 T1 正在处理")
    assert wechat.platform()["calls"].count("message/custom/send") == 1

    answer = wechat.says("好的") or ""
    assert "李工确认为优先等级1" in answer
    assert "正在处理" in answer
    assert answer.endswith("回复任意字查看结果")


def test_an_address_that_is_not_whitelisted_is_told_once_and_delays_the_message(wechat: WechatWorld) -> None:
    wechat.bind()
    wechat.says(P1)
    wechat.platform(whitelisted=False)

    wechat.staff("确认 T1 1")
    wechat.deliver_after(minutes=3)
    told = [line for line in wechat.heard("staff") if "白名单" in line]
    assert len(told) == 1
    assert "203.0.113.9" in told[0]

    wechat.platform(whitelisted=True)
    wechat.deliver_after(minutes=3)
    assert "李工确认为优先等级1" in wechat.texts()[0]


def test_what_the_platform_was_too_busy_for_costs_nothing_of_the_quota(wechat: WechatWorld) -> None:
    wechat.bind()
    wechat.says(P1)
    wechat.platform(faults=[{"endpoint": "message/custom/send", "code": -1}] * 6)

    wechat.staff("认领 T1")
    for _ in range(7):
        wechat.deliver_after(minutes=2)

    [claimed] = wechat.texts()
    assert "由李工负责" in claimed
    assert "请马上打电话" not in "\n".join(wechat.heard("staff"))


def test_who_writes_while_a_message_is_refused_gets_it_without_writing_again(
    wechat: WechatWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    wechat.bind()
    wechat.says(P1)
    wechat.deliver_after(hours=49)
    wechat.staff_undelivered("回复 T1 正在处理")
    channel = wechat.app.channels["wechat"]
    send = channel.send

    def refused_while_the_user_writes(message: Outbound) -> Receipt:
        receipt = send(message)
        monkeypatch.setattr(type(channel), "send", lambda _, message: send(message))
        wechat.now += timedelta(seconds=1)
        wechat.says("在吗")
        return receipt

    monkeypatch.setattr(type(channel), "send", lambda _, message: refused_while_the_user_writes(message))
    wechat.app.deliver()
    wechat.deliver_after(seconds=11)

    assert "李工（工单 T1）：正在处理" in wechat.texts()


def test_a_late_retry_of_leaving_does_not_undo_that_the_user_is_back(wechat: WechatWorld) -> None:
    wechat.bind()
    left = wechat.body("openid-1", "<MsgType>event</MsgType><Event>unsubscribe</Event><EventKey/>")
    wechat.post(left)
    wechat.now += timedelta(seconds=2)
    wechat.does("subscribe")
    wechat.says(P1)
    wechat.post(left)

    wechat.staff("回复 T1 正在处理")
    wechat.deliver_after(seconds=6)

    assert "李工（工单 T1）：正在处理" in wechat.texts()


def test_an_alarm_is_not_carried_along_since_it_may_be_under_way_by_itself(wechat: WechatWorld) -> None:
    wechat.bind()
    chat = wechat.chat_of("openid-1")
    with wechat.app.store.begin(wechat.now) as unit:
        first, _, third = (
            unit.messages.say(chat, Say(words, urgent=words == "提醒")) for words in ("一", "提醒", "三")
        )
    with wechat.app.store.read() as session:
        row = session.get_one(OutboxRow, first)
        message = outbound_of(session, row, session.get_one(ChatRow, chat))

    after = Neighbours(wechat.app.store, wechat.read_clock).after(message)

    assert [each.id for each in after] == [third]
