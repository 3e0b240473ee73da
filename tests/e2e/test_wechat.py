"""Stories in WeChat: the real program and channel, a strict stand-in for the platform, both databases."""

from __future__ import annotations

import base64
import threading
from collections import Counter

import pytest
from sqlalchemy import event

from tests.support.wechat import P1, WechatWorld


def test_following_by_the_contracts_code_binds(wechat: WechatWorld) -> None:
    code = wechat.code()

    answer = wechat.does("subscribe", f"qrscene_{code}") or ""
    assert "已绑定：青禾" in answer
    assert "报修：直接用一句话描述故障" in answer
    assert "用过" in (wechat.does("SCAN", code, who="openid-2") or "")
    assert "青禾" in (wechat.does("SCAN", wechat.code(), who="openid-2") or "")


def test_who_follows_is_told_how_to_report(wechat: WechatWorld) -> None:
    answer = wechat.does("subscribe") or ""

    assert "报修" in answer
    assert "绑定" in answer
    assert "400-818-1110" in answer


def test_who_leaves_with_an_open_ticket_is_phoned(wechat: WechatWorld) -> None:
    wechat.bind()
    wechat.says(P1)

    assert wechat.does("unsubscribe") is None
    wechat.app.deliver()
    assert "消息送不到，请打电话" in wechat.last("staff")

    wechat.staff("回复 T1 正在处理")
    assert wechat.sent() == []
    assert "送不到客户（unfollowed）" in "\n".join(wechat.heard("staff"))
    assert "message/custom/send" not in wechat.platform()["calls"]


def test_choices_are_numbers_in_the_passive_answer_and_items_in_what_is_sent(wechat: WechatWorld) -> None:
    wechat.bind()
    assert "回复数字：1 全部受影响 · 2 部分受影响 · 3 只是咨询" in (wechat.says(P1) or "")
    assert "已记录：全部受影响" in (wechat.says("1") or "")

    wechat.staff("解决 T1 服务器已重启")
    wechat.deliver_after(seconds=6)

    [resolved] = wechat.sent()
    assert [item["content"] for item in resolved["msgmenu"]["list"]] == ["已恢复", "没恢复"]
    assert "T1" in (wechat.presses("没恢复") or "")
    assert wechat.tickets()[0]["work"] != "resolved"


def test_speech_counts_as_what_the_platform_understood_of_it(wechat: WechatWorld) -> None:
    wechat.bind()
    voice = "<MsgType>voice</MsgType><MediaId>m1</MediaId><Format>amr</Format><Recognition>{}</Recognition>"

    assert "优先等级1" in (wechat.sends(voice.format("所有坐席都登录不上。")) or "")
    assert "请再打字" in (wechat.sends(voice.format("")) or "")


def test_a_picture_is_fetched_at_once_and_what_is_gone_is_said(wechat: WechatWorld) -> None:
    wechat.bind()
    png = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"." * 100).decode()
    wechat.platform(media={"m1": {"content": png, "type": "image/png", "name": "s.png"}})
    picture = "<MsgType>image</MsgType><PicUrl>http://p.example</PicUrl><MediaId>{}</MediaId>"
    wechat.sends(picture.format("m1"))
    wechat.sends(picture.format("m2"))

    wechat.app.fetch_attachments()
    wechat.deliver_after(seconds=6)

    assert [kept.read_bytes() for kept in wechat.kept_files()] == [base64.b64decode(png)]
    assert "附件没有收到：平台上已过期" in wechat.texts()[0]


@pytest.mark.parametrize(
    ("inside", "shown"),
    [
        (
            "<MsgType>location</MsgType><Location_X>39.9</Location_X><Location_Y>116.4</Location_Y>"
            "<Label>北京</Label>",
            "［位置 北京 39.9,116.4］",
        ),
        (
            "<MsgType>link</MsgType><Title>公告</Title><Description/><Url>https://example.com</Url>",
            "［链接 公告 https://example.com］",
        ),
        (
            "<MsgType>video</MsgType><MediaId>m1</MediaId><ThumbMediaId>t1</ThumbMediaId>",
            "［附件 1 个］",
        ),
    ],
    ids=["location", "link", "video"],
)
def test_other_kinds_open_a_ticket_that_a_person_reads(
    plain_wechat: WechatWorld, inside: str, shown: str
) -> None:
    assert "T1" in (plain_wechat.sends(inside) or "")
    plain_wechat.app.deliver()
    assert shown in plain_wechat.card().text


def test_a_press_on_the_menu_is_what_could_be_typed(wechat: WechatWorld) -> None:
    wechat.bind()
    assert "没有未结的工单" in (wechat.does("CLICK", "查进度") or "")


def test_support_works_in_wechat_by_items_and_by_typing(wechat: WechatWorld) -> None:
    wechat.bind()
    assert "王敏" in (wechat.says(f"加入 {wechat.joining_code('王敏')}", who="wang") or "")
    wechat.says(P1)
    wechat.app.deliver()
    card = wechat.sent("wang")[-1]
    assert card["msgtype"] == "msgmenu"
    assert "所有坐席都登录不上" in card["msgmenu"]["head_content"]

    assert "T1" in (wechat.presses("确认1", who="wang") or "")
    assert "王敏" in (wechat.staff("确认 T1 2") or "")  # who comes second is told who was first
    assert "T1" in (wechat.says("待办", who="wang") or "")
    wechat.says("回复 T1 正在重启服务器", who="wang")
    wechat.deliver_after(seconds=1)

    assert "王敏（工单 T1）：正在重启服务器" in wechat.texts()
    assert "确认" not in (wechat.says("确认 T1 1", who="openid-1") or "")  # a customer may not
    assert wechat.differences() == {}


def test_a_card_that_support_s_wechat_does_not_take_comes_when_they_write(wechat: WechatWorld) -> None:
    wechat.bind()
    wechat.says(f"加入 {wechat.joining_code('王敏')}", who="wang")
    wechat.deliver_after(hours=49)
    wechat.says(P1)
    wechat.app.deliver()

    assert wechat.sent("wang") == []
    answer = wechat.says("待办", who="wang") or ""
    assert answer.startswith("【T1】优先等级1")
    assert "有消息暂时送不到客户" not in "\n".join(
        wechat.heard("staff")
    )  # it is support that was not reached


def test_no_thread_asks_for_a_connection_while_it_holds_one(wechat: WechatWorld) -> None:
    """Under load each would wait for one that another of them holds: nobody would be answered for 30 s."""
    wechat.bind()
    held: Counter[int] = Counter()
    most: list[int] = []

    def taken(*_: object) -> None:
        held[threading.get_ident()] += 1
        most.append(held[threading.get_ident()])

    def given_back(*_: object) -> None:
        held[threading.get_ident()] -= 1

    event.listen(wechat.app.store.engine, "checkout", taken)
    event.listen(wechat.app.store.engine, "checkin", given_back)
    assert "T1" in (wechat.says(P1) or "")
    assert max(most) == 1


def test_a_sticker_opens_no_ticket_and_a_face_troubles_nobody(wechat: WechatWorld) -> None:
    wechat.bind()
    text = "<MsgType>text</MsgType><Content>{}</Content>"

    assert "没有看到内容" in (wechat.sends(text.format("【收到不支持的消息类型，暂无法显示】")) or "")
    assert "不客气" in (wechat.sends(text.format("[强]")) or "")
    assert wechat.sends(text.format("[微笑]")) is not None

    assert wechat.tickets() == []
    assert "留言" not in "\n".join(wechat.heard("staff"))
