"""What WeChat lets us send after a user wrote, and what happens to the rest."""

from __future__ import annotations

import base64
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


@pytest.mark.usefixtures("patience")
def test_outside_the_window_a_notice_asks_the_user_to_write_once(
    migrated_url: str, wechat_api: str, tmp_path: Path
) -> None:
    fields = {"character_string1": "ticket", "thing2": "text", "time3": "time"}
    wechat = WechatWorld(migrated_url, wechat_api, tmp_path, template="tpl", notice_fields=fields)
    wechat.platform(templates={"tpl": list(fields)})
    wechat.bind()
    wechat.says("个别座席录音听不到")
    wechat.deliver_after(hours=49)

    wechat.staff("回复 T1 请看一下录音服务器")
    wechat.staff("回复 T1 看过了吗")

    [notice] = wechat.sent()
    assert notice["data"]["character_string1"] == {"value": "T1"}
    assert not [line for line in wechat.heard("staff") if "请打电话" in line]

    status = "<Event>TEMPLATESENDJOBFINISH</Event><MsgID>1</MsgID><Status>failed:user block</Status>"
    wechat.reports(wechat.body("openid-1", f"<MsgType>event</MsgType>{status}"), note=False)
    wechat.app.deliver()
    assert "通知没有送到，请打电话：" in wechat.last("staff")
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


SEND = "message/custom/send"
GOES_WELL = {"endpoint": SEND, "slow": 0}
STEPS = [f"第{number}步：检查话务台与语音网关之间的连接是否正常。" for number in range(60)]


def say(wechat: WechatWorld, text: str) -> None:
    """Let the program say something to the first user."""
    with wechat.app.store.begin(wechat.now) as unit:
        unit.messages.say(wechat.chat_of("openid-1"), Say(text))
    wechat.app.deliver()


def test_of_a_long_text_each_piece_is_sent_once_though_one_of_them_fails(wechat: WechatWorld) -> None:
    wechat.bind()
    wechat.platform(
        faults=[
            {"endpoint": "message/custom/send", "slow": 0},
            {"endpoint": "message/custom/send", "code": -1},
        ]
    )
    say(wechat, "".join(STEPS))
    wechat.deliver_after(minutes=2)

    assert "".join(wechat.texts()) == "".join(STEPS)
    assert len(wechat.sent()) == 3
    assert wechat.left() == 1  # each piece cost one message, the failure none


def test_a_piece_that_may_have_arrived_is_repeated_alone(wechat: WechatWorld) -> None:
    wechat.bind()
    wechat.platform(
        faults=[
            {"endpoint": "message/custom/send", "slow": 0},
            {"endpoint": "message/custom/send", "lost": True},
        ]
    )
    say(wechat, "".join(STEPS))
    wechat.deliver_after(minutes=2)

    first, second, again, third = wechat.texts()
    assert second == again
    assert first + second + third == "".join(STEPS)


def test_of_what_is_too_long_for_the_quota_the_rest_comes_when_the_user_writes(wechat: WechatWorld) -> None:
    wechat.bind()
    for _ in range(2):
        say(wechat, "第一条")
    wechat.says("怎么了", who="openid-2")
    say(wechat, "".join(STEPS))

    *_, first, second = wechat.texts()
    assert second.endswith("（未完，回复任意字看余下）")
    assert len(wechat.sent()) == 4
    rest = wechat.says("好") or ""

    assert first + second.removesuffix("（未完，回复任意字看余下）") + rest.split("\n\n")[0] == "".join(STEPS)


PNG = b"\x89PNG\r\n\x1a\n" + b"." * 100


def attached(wechat: WechatWorld, kind: str, content: bytes, media_type: str) -> None:
    """Let a customer report a fault and send something with it."""
    wechat.bind()
    wechat.says(P1)
    kept = {"content": base64.b64encode(content).decode(), "type": media_type, "name": "x"}
    wechat.platform(media={"m1": kept})
    wechat.sends(f"<MsgType>{kind}</MsgType><PicUrl>http://p.example</PicUrl><MediaId>m1</MediaId>")
    wechat.app.fetch_attachments()
    wechat.says(f"加入 {wechat.joining_code('王敏')}", who="wang")
    wechat.deliver_after(seconds=6)


def test_support_gets_a_customers_picture_in_wechat(wechat: WechatWorld) -> None:
    attached(wechat, "image", PNG, "image/png")

    assert wechat.says("附件 T1", who="wang") is None  # no picture fits into the passive answer
    wechat.deliver_after(seconds=6)

    text, picture = wechat.sent("wang")[-2:]
    assert text["text"]["content"].startswith("T1 附件 1/1：图片")
    assert picture["msgtype"] == "image"
    assert picture["image"]["media_id"].startswith("uploaded-")


def test_a_picture_whose_upload_fails_is_sent_once_with_its_text(wechat: WechatWorld) -> None:
    attached(wechat, "image", PNG, "image/png")
    faults = [{"endpoint": "media/upload", "html": True}, GOES_WELL, {"endpoint": SEND, "code": -1}]
    wechat.platform(faults=faults)

    wechat.says("附件 T1", who="wang")
    for _ in range(3):
        wechat.deliver_after(seconds=10)

    kinds = [sent["msgtype"] for sent in wechat.sent("wang")]
    assert kinds == ["text", "image"]


def test_of_a_film_support_is_told_where_it_is(wechat: WechatWorld) -> None:
    film = b"\0\0\0\x18ftypmp42" + b"." * 100
    attached(wechat, "video", film, "video")
    [kept] = wechat.kept_files()
    assert kept.read_bytes() == film

    answer = wechat.says("附件 T1", who="wang")
    wechat.deliver_after(seconds=6)

    assert answer is None
    said = wechat.texts("wang")[-1]
    assert said.startswith("T1 附件 1/1：视频")
    assert f"在企业微信或 Telegram 里发同样的命令，或向管理员要 {kept.parent.name}/{kept.name}" in said


def test_where_only_answers_go_support_is_told_in_them_where_a_picture_is(wechat: WechatWorld) -> None:
    attached(wechat, "image", PNG, "image/png")
    wechat.platform(is_verified=False)
    wechat.staff("认领 T1")

    wechat.says("附件 T1", who="wang")
    wechat.deliver_after(seconds=6)
    answer = wechat.says("附件 T1", who="wang") or ""

    assert "T1 附件 1/1：图片" in answer
    assert "向管理员要" in answer


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
