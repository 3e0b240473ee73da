"""Stories in WeChat: the real program and channel, a strict stand-in for the platform, both databases."""

from __future__ import annotations

import base64
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from bot.messages import Inbound, Outbound, Receipt
from tests.support.wechat import WechatWorld, signature_of

P1 = "所有坐席都登录不上，业务全停了"


def test_a_report_is_answered_inside_the_passive_reply(wechat: WechatWorld) -> None:
    assert "青禾" in (wechat.bind() or "")

    answer = wechat.says(P1) or ""

    assert "T1" in answer
    assert "400-818-1110" in answer
    wechat.deliver_after(seconds=10)
    assert wechat.sent() == []  # nothing was sent twice, and nothing of the quota was used
    assert "T1" in wechat.card().text


def test_three_tries_of_one_message_open_one_ticket_and_get_the_same_bytes(wechat: WechatWorld) -> None:
    wechat.bind()
    body = wechat.message("openid-1", f"<MsgType>text</MsgType><Content>{P1}</Content>")

    first, second, third = (wechat.post(body).text for _ in range(3))

    assert first == second == third != "success"
    assert len(wechat.tickets()) == 1


def test_what_takes_longer_than_the_platform_waits_goes_by_the_api(
    wechat: WechatWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    wechat.bind()
    slow = threading.Event()
    handle = wechat.app.handle

    def handle_slowly(inbox_id: int) -> None:
        slow.wait(20)
        handle(inbox_id)

    monkeypatch.setattr(wechat.app, "handle", handle_slowly)
    monkeypatch.setattr("bot.channels.wechat_callback.READY_S", 0.05)
    assert wechat.says(P1) is None
    slow.set()
    wechat.wait_for(lambda: wechat.tickets() != [])
    wechat.deliver_after(seconds=6)

    [receipt] = wechat.texts()
    assert "T1" in receipt


def test_following_by_the_contracts_code_binds(wechat: WechatWorld) -> None:
    code = wechat.code()

    assert "已绑定：青禾" in (wechat.does("subscribe", f"qrscene_{code}") or "")
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
    "inside",
    [
        "<MsgType>location</MsgType><Location_X>39.9</Location_X><Location_Y>116.4</Location_Y><Label>北京</Label>",
        "<MsgType>link</MsgType><Title>公告</Title><Description/><Url>https://example.com</Url>",
        "<MsgType>video</MsgType><MediaId>m1</MediaId><ThumbMediaId>t1</ThumbMediaId>",
    ],
    ids=["location", "link", "video"],
)
def test_other_kinds_open_a_ticket_that_a_person_reads(plain_wechat: WechatWorld, inside: str) -> None:
    assert "T1" in (plain_wechat.sends(inside) or "")
    plain_wechat.app.deliver()
    assert "附件 1 个" in plain_wechat.card().text


def test_a_press_on_the_menu_is_what_could_be_typed(wechat: WechatWorld) -> None:
    wechat.bind()
    assert "没有未结的工单" in (wechat.does("CLICK", "查进度") or "")


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


def test_a_try_that_comes_while_the_first_is_handled_gets_the_same_bytes(
    wechat: WechatWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    wechat.bind()
    body = wechat.message("openid-1", f"<MsgType>text</MsgType><Content>{P1}</Content>")
    started, go = threading.Event(), threading.Event()
    handle, receive, calls = wechat.app.handle, wechat.app.receive, []
    received = threading.Semaphore(0)

    def receive_and_tell(inbound: Inbound) -> tuple[int, bool]:
        found = receive(inbound)
        received.release()
        return found

    def handle_slowly(inbox_id: int) -> None:
        calls.append(inbox_id)
        started.set()
        go.wait(20)
        handle(inbox_id)

    monkeypatch.setattr(wechat.app, "handle", handle_slowly)
    monkeypatch.setattr(wechat.app, "receive", receive_and_tell)
    with ThreadPoolExecutor() as pool:
        tries = [pool.submit(wechat.post, body)]
        started.wait(20)
        tries.append(pool.submit(wechat.post, body))
        assert all(received.acquire(timeout=20) for _ in range(2))
        go.set()
        first, second = (each.result().text for each in tries)

    assert first == second != "success"
    assert len(calls) == 1


def test_what_delivery_may_be_at_is_not_taken_and_nothing_overtakes_it(wechat: WechatWorld) -> None:
    wechat.bind()
    wechat.says(P1)
    wechat.staff_undelivered("回复 T1 正在处理")

    assert wechat.says("查进度") is None
    wechat.deliver_after(seconds=6)

    assert [text[:2] for text in wechat.texts()] == ["李工", "T1"]


def test_a_message_that_can_not_be_stored_is_not_acknowledged(
    wechat: WechatWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = wechat.message("openid-1", f"<MsgType>text</MsgType><Content>{P1}</Content>")
    with monkeypatch.context() as broken:
        broken.setattr(wechat.app, "receive", lambda _: 1 / 0)
        assert wechat.post(body).status_code == 500

    assert "T1" in wechat.opened(wechat.post(body).text).text("Content")


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


def test_accounts_are_told_apart(wechat: WechatWorld) -> None:
    body = wechat.message("openid-1", f"<MsgType>text</MsgType><Content>{P1}</Content>")
    sealed = wechat.callback.sealed(body, wechat.now)

    answered = wechat.http.post("/wechat/other", params=wechat.query(sealed), content=sealed.encode())

    assert answered.status_code == 404
    assert wechat.tickets() == []


def test_the_platform_s_check_of_the_address_is_answered(wechat: WechatWorld) -> None:
    timestamp = str(int(wechat.now.timestamp()))
    right = {"timestamp": timestamp, "nonce": "n", "echostr": "4711"}
    signature = {"signature": signature_of(timestamp, "n")}
    assert wechat.http.get("/wechat/service", params={**right, **signature}).text == "4711"
    assert wechat.http.get("/wechat/service", params={**right, "signature": "0" * 40}).status_code == 401
    assert wechat.http.get("/wechat/service").status_code == 401


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
