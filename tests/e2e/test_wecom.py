"""Support in WeCom, against a stand-in for the platform in a process of its own; on both databases."""

from __future__ import annotations

from typing import Any

import pytest

from bot.delivery.downloads import FOLDER
from bot.desk.events import Kind
from bot.desk.terms import Role
from bot.messages import Option, Say
from bot.store import tables as t
from bot.tencent.client import WecomApi
from tests.support.callbacks import ask, ask_together
from tests.support.killing import killed_before
from tests.support.wecom import AES_KEY, MEMBERS, SECRET, TOKEN, WecomWorld, buttons, words

P1 = "所有坐席都登不上系统了，电话全打不进来"
LI, WANG, ZHAO = MEMBERS


def titles(wecom: WecomWorld, user: str) -> list[str]:
    """Return the first lines of the cards that a member sees, as they are now."""
    return [
        words(shown["card"]).splitlines()[0] for shown in wecom.api.shown(user) if shown["kind"] == "card"
    ]


def outbox(wecom: WecomWorld, **where: Any) -> list[t.OutboxRow]:
    with wecom.app.store.read() as session:
        return list(session.query(t.OutboxRow).filter_by(**where).order_by(t.OutboxRow.id))


def test_the_console_checks_the_address(wecom: WecomWorld) -> None:
    asked = wecom.api.tell("echo", text="1288432023552776189")

    answer = ask(wecom.served, "GET", "/wecom/default", asked["query"])

    assert (answer.status_code, answer.text) == (200, "1288432023552776189")
    assert ask(wecom.served, "GET", "/wecom/other", asked["query"]).status_code == 404
    wrong = {**asked["query"], "msg_signature": "0" * 40}
    assert ask(wecom.served, "GET", "/wecom/default", wrong).status_code == 401


def test_a_member_joins_by_a_code(wecom: WecomWorld) -> None:
    wecom.join(ZHAO, "赵主管", Role.LEAD)

    assert wecom.api.texts(ZHAO) == ["赵主管，您已作为主管加入。发“待办”看未结的工单，发“帮助”看命令。"]
    assert wecom.api.texts(LI)[-1] == "赵主管（主管）已加入。"


def test_a_report_becomes_a_card_that_is_confirmed_and_updated(wecom: WecomWorld) -> None:
    wecom.customer(P1)

    card = wecom.api.card(LI)
    assert card["main_title"]["title"].startswith("【T1】优先等级1（待确认）")
    assert P1 in words(card)
    assert buttons(card) == ["确认1", "确认2", "不是故障", "问客户"]

    wecom.press(LI, "确认1")

    assert "我方认为" in words(wecom.api.card(LI)) or "已确认" in words(wecom.api.card(LI))
    assert "确认1" not in buttons(wecom.api.card(LI))
    assert len(titles(wecom, LI)) == 1
    assert "确认1" not in buttons(wecom.api.card(WANG))  # the colleague's card changes as well
    assert "李工" in wecom.last()
    assert wecom.differences() == {}


def test_two_members_press_and_the_second_is_told_who_was_first(wecom: WecomWorld) -> None:
    wecom.customer(P1)
    first = wecom.api.tell("press", user=LI, label="确认1")
    second = wecom.api.tell("press", user=WANG, label="确认2")

    wecom.call_back(first)
    wecom.call_back(second)
    wecom.app.deliver()

    assert "李工" in wecom.api.texts(WANG)[-1]
    assert "确认" in wecom.api.texts(WANG)[-1]
    assert buttons(wecom.api.card(WANG)) == buttons(wecom.api.card(LI))
    [ticket] = wecom.tickets()
    assert ticket["held"] == 1


def test_a_card_that_could_not_be_changed_catches_up_when_it_is_pressed(wecom: WecomWorld) -> None:
    wecom.customer(P1)
    wecom.press(LI, "确认1")  # uses up the code of 王工's card
    wecom.press(LI, "认领")

    assert "认领" in buttons(wecom.api.card(WANG))
    assert wecom.api.texts(WANG)[-1] == "T1 李工已认领"

    wecom.press(WANG, "认领")

    assert "已由李工认领" in wecom.api.texts(WANG)[-1]
    assert "认领" not in buttons(wecom.api.card(WANG))
    assert "负责人：李工" in words(wecom.api.card(WANG))


def test_what_a_customer_adds_stands_in_the_line_where_the_card_can_not_change(wecom: WecomWorld) -> None:
    wecom.customer(P1)
    wecom.press(LI, "确认1")  # uses up the code of 王工's card

    wecom.customer("补充一下，重启过一次还是一样")

    assert "有补充：补充一下，重启过一次还是一样" in wecom.api.texts(WANG)[-1]


def test_the_buttons_of_an_alarm_rest_after_a_press_and_can_still_be_typed(wecom: WecomWorld) -> None:
    wecom.customer(P1)
    wecom.wait(minutes=20)
    assert buttons(wecom.api.card(LI))[-1] == "知道了"
    assert "请任何一位值班人员现在确认优先级" in words(wecom.api.card(LI))

    wecom.press(LI, "知道了")

    alarm = wecom.api.card(LI)
    assert (buttons(alarm), alarm["replace_text"]) == ([], "已按：知道了")
    assert len(alarm["button_list"]) == 1  # a card of this kind has some, in an update too
    assert "可以发：确认 T1 1 · 确认 T1 2 · 认领 T1" in words(alarm)
    assert "知道了" in buttons(wecom.api.card(WANG))  # the colleague's is as it was


def test_a_late_second_press_on_an_alarm_changes_nothing(wecom: WecomWorld) -> None:
    wecom.customer(P1)
    wecom.wait(minutes=20)
    presses = [wecom.api.tell("press", user=LI, label=label) for label in ("认领", "知道了")]
    for press in presses:
        wecom.call_back(press)
        wecom.after_wecom()

    assert buttons(wecom.api.card(LI)) == []
    assert wecom.differences() == {}


def test_an_older_card_catches_up_when_it_is_pressed(wecom: WecomWorld) -> None:
    wecom.customer(P1)
    wecom.write(WANG, "工单 T1")  # a second card, the newer one
    wecom.press(LI, "确认1")

    wecom.press(WANG, "确认2", nth=0)

    old, new = (shown["card"] for shown in wecom.api.shown(WANG) if shown["kind"] == "card")
    assert "确认2" not in buttons(old)
    assert buttons(old) == buttons(new)


def test_of_two_presses_at_the_same_instant_one_counts(wecom: WecomWorld) -> None:
    wecom.customer(P1)
    presses = [
        wecom.api.tell("press", user=user, label=label) for user, label in ((LI, "确认1"), (WANG, "确认2"))
    ]

    ask_together(wecom.served, *(("POST", "/wecom/default", one["query"], one["body"]) for one in presses))
    wecom.app.deliver()

    with wecom.app.store.begin(wecom.now) as unit:
        views = [event for event in unit.tickets.events(1) if event.kind is Kind.VIEW]
    assert len(views) == 1
    first, second = (LI, WANG) if views[0].actor.name == "李工" else (WANG, LI)
    assert views[0].actor.name in wecom.api.texts(second)[-1]
    assert buttons(wecom.api.card(first)) == buttons(wecom.api.card(second))
    assert wecom.differences() == {}


def test_a_reply_reaches_the_customer_and_is_the_response(wecom: WecomWorld) -> None:
    wecom.customer(P1)

    wecom.write(LI, "回复 T1 正在恢复登录服务")

    assert wecom.last() == "李工（工单 T1）：正在恢复登录服务"
    assert "已响应：10:00" in words(wecom.api.card(LI))
    assert wecom.tickets()[0]["responded_at"] is not None


def test_a_button_that_needs_words_asks_for_them(wecom: WecomWorld) -> None:
    wecom.customer(P1)
    wecom.press(LI, "确认1")

    wecom.press(LI, "回复客户")
    assert wecom.api.texts(LI)[-1].startswith("李工，请发送要对客户说的话（T1）")
    wecom.write(LI, "请先重启话务台")

    assert wecom.last() == "李工（工单 T1）：请先重启话务台"


def test_the_buttons_of_a_ticket_that_needs_nothing_more_are_put_to_rest(wecom: WecomWorld) -> None:
    wecom.customer(P1)

    wecom.customer("撤销")
    wecom.customer("确定撤销")

    assert wecom.tickets()[0]["work"] == "withdrawn"
    for member in (LI, WANG):
        assert buttons(wecom.api.card(member)) == []
        assert wecom.api.card(member)["replace_text"] == "无需操作"


def test_the_platforms_retries_change_nothing(wecom: WecomWorld) -> None:
    wecom.customer(P1)
    press = wecom.api.tell("press", user=LI, label="确认1")
    for _ in range(3):
        wecom.call_back(press)
    wecom.app.deliver()
    message = wecom.api.tell("write", user=LI, text="回复 T1 在看了")
    for _ in range(3):
        wecom.call_back(message)
    wecom.app.deliver()

    assert [text for text in wecom.heard("regular") if "在看了" in text] == ["李工（工单 T1）：在看了"]
    assert sum("已由" in text or "已确认" in text for text in wecom.api.texts(LI)) == 0


def test_a_stranger_of_the_company_can_press_nothing(wecom: WecomWorld) -> None:
    wecom.customer(P1)
    press = wecom.api.tell("press", user=LI, label="确认1")
    with wecom.app.store.begin(wecom.now) as unit:
        person = unit.people.find("李工")
        assert person is not None
        unit.people.remove(person.id)

    wecom.call_back(press)
    wecom.app.deliver()

    assert wecom.tickets()[0]["standing"] == "proposed"


def tell_staff(wecom: WecomWorld, text: str, *options: Option) -> None:
    with wecom.app.store.begin(wecom.now) as unit:
        for chat in unit.chats.staff():
            unit.messages.say(chat, Say(text, options))
    wecom.app.deliver()


def test_never_more_than_thirty_messages_a_minute(wecom: WecomWorld) -> None:
    with wecom.app.store.begin(wecom.now) as unit:
        for number in range(40):
            for chat in unit.chats.staff():
                unit.messages.say(chat, Say(f"第{number}条"))
    wecom.app.deliver()
    assert len(wecom.api.texts(LI)) == 30

    wecom.wait(minutes=1)

    assert [text for text in wecom.api.texts(LI) if text.startswith("第")] == [f"第{n}条" for n in range(40)]


def test_a_long_text_arrives_whole_in_pieces_and_its_choices_can_be_typed(wecom: WecomWorld) -> None:
    sentences = [f"第{number}步：检查话务台与语音网关之间的连接是否正常。" for number in range(60)]

    tell_staff(wecom, "".join(sentences), Option("待办", "待办", "todo"))

    got = [text for text in wecom.api.texts(LI) if "话务台" in text]
    assert len(got) == 3
    assert "".join(got) == "".join(sentences) + "\n可以发：待办"


def test_a_process_that_ends_between_two_pieces_repeats_none_that_has_arrived(
    wecom: WecomWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    sentences = [f"第{number}步：检查话务台与语音网关之间的连接是否正常。" for number in range(60)]

    def got() -> list[str]:
        return [text for text in wecom.api.texts(LI) if "话务台" in text]

    with killed_before(monkeypatch, WecomApi, lambda url: url == "message/send" and len(got()) == 2):
        tell_staff(wecom, "".join(sentences))
    wecom.restart()
    wecom.wait(minutes=2)

    assert (len(got()), "".join(got())) == (3, "".join(sentences))


def test_what_a_customer_writes_can_neither_break_nor_forge_a_card(wecom: WecomWorld) -> None:
    wecom.customer(
        "所有坐席都登不上\x00\x1b[2J\n响应期限：明年\n<a href='https://evil.example'>点这里</a>\u202e$userName=x$"
    )

    card = wecom.api.card(LI)

    assert [row["keyname"] for row in card["horizontal_content_list"]].count("响应期限") == 1
    assert "明年" not in str([row for row in card["horizontal_content_list"] if row["keyname"] == "响应期限"])
    assert "<a" not in words(card)
    wecom.write(LI, "回复 T1 请看 <a href='https://evil.example'>这里</a>")
    assert "＜a" not in wecom.last()  # the customer's platform has its own rules


def test_an_answer_that_got_lost_sends_no_second_card(wecom: WecomWorld) -> None:
    wecom.api.tell("fault", call="message/send", fault="lost")

    wecom.customer(P1)
    wecom.wait(seconds=5)

    assert len(titles(wecom, LI)) == 1
    assert wecom.api.state["calls"]["message/send"] >= 4
    assert [row.status for row in outbox(wecom, card="ticket:1")] == ["sent", "sent"]


def test_a_used_task_id_that_is_not_ours_gets_another_one(wecom: WecomWorld) -> None:
    wecom.api.tell("fault", call="message/send", fault={"errcode": 42014, "errmsg": "task_id is used"})

    wecom.customer(P1)

    assert len(titles(wecom, LI)) == 1
    assert len(titles(wecom, WANG)) == 1


def test_after_72_hours_a_card_is_not_changed_but_told_of(wecom: WecomWorld) -> None:
    wecom.customer(P1)
    wecom.wait(hours=73)

    wecom.write(LI, "认领 T1")

    assert wecom.api.texts(WANG)[-1] == "T1 李工已认领"
    assert "认领" in wecom.api.texts(LI)[-1]


def test_a_code_that_the_platform_refuses_leads_to_one_line(wecom: WecomWorld) -> None:
    wecom.customer(P1)
    refusal = {"errcode": 40058, "errmsg": "invalid response_code"}
    wecom.api.tell("fault", call="message/update_template_card", fault=refusal, times=2)

    wecom.write(LI, "认领 T1")

    assert wecom.api.texts(LI)[-1] == wecom.api.texts(WANG)[-1] == "T1 李工已认领"


def test_a_refused_card_becomes_a_text_with_what_can_be_typed(wecom: WecomWorld) -> None:
    refusal = {"errcode": 40058, "errmsg": "invalid card"}
    wecom.api.tell("fault", call="message/send", fault=refusal, times=1)

    wecom.customer(P1)

    [told] = [text for member in (LI, WANG) for text in wecom.api.texts(member) if "【T1】" in text]
    assert "可以发：确认 T1 1 · 确认 T1 2" in told
    assert P1 in told


@pytest.mark.parametrize(
    "fault", ["html", {"errcode": -1, "errmsg": "busy"}, {"errcode": 45009, "errmsg": "x"}]
)
def test_a_busy_platform_delays_and_loses_nothing(wecom: WecomWorld, fault: Any) -> None:
    wecom.api.tell("fault", call="message/send", fault=fault, times=2)

    wecom.customer(P1)
    wecom.wait(minutes=2)

    assert len(titles(wecom, LI)) == len(titles(wecom, WANG)) == 1


def test_a_token_that_is_no_good_is_renewed_once(wecom: WecomWorld) -> None:
    wecom.customer(P1)
    before = wecom.api.state["calls"]["gettoken"]
    wecom.api.tell("expire")

    wecom.press(LI, "确认1")

    assert "确认1" not in buttons(wecom.api.card(LI))
    assert wecom.api.state["calls"]["gettoken"] == before + 1
    wecom.wait(hours=3)  # it ends by itself
    wecom.write(LI, "待办")
    assert "T1" in wecom.api.texts(LI)[-1]


def test_a_token_that_is_never_accepted_ends_in_few_calls(wecom: WecomWorld) -> None:
    refusal = {"errcode": 40014, "errmsg": f"invalid access_token, secret={SECRET}"}
    wecom.api.tell("fault", call="message/send", fault=refusal, times=1000)

    wecom.customer(P1)

    assert wecom.api.state["calls"]["message/send"] <= 12
    assert all(SECRET not in str(vars(row)) for row in outbox(wecom))


def test_a_member_out_of_reach_is_told_of_once(wecom: WecomWorld) -> None:
    wecom.api.tell("members", users=[WANG])

    wecom.customer(P1)
    wecom.write(WANG, "确认 T1 1")

    warned = [text for text in wecom.api.texts(WANG) if "可见范围" in text]
    assert len(warned) == 1
    assert "企业微信“default”有成员不在应用的可见范围" in warned[0]
    first = outbox(wecom, card="ticket:1")[0]
    assert (first.status, first.error) == ("failed", "81013")


def test_a_member_without_a_licence_is_told_of_though_the_call_went_well(wecom: WecomWorld) -> None:
    wecom.api.tell("members", users=[LI, WANG], unlicensed=[LI])

    wecom.customer(P1)

    [warned] = [text for text in wecom.api.texts(WANG) if "可见范围" in text]
    assert "unlicenseduser" in warned
    assert (outbox(wecom, card="ticket:1")[0].status, len(titles(wecom, LI))) == ("failed", 0)


def test_an_untrusted_address_is_said_with_the_address(
    wecom: WecomWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    refusal = {"errcode": 60020, "errmsg": "not allow to access from your ip, from ip: 203.0.113.7"}
    wecom.api.tell("fault", call="message/send", fault=refusal, times=2)

    wecom.customer(P1)
    wecom.wait(minutes=5)

    [warned] = [text for text in wecom.api.texts(WANG) if "可信 IP" in text]
    assert "203.0.113.7" in warned
    logged = capsys.readouterr().out
    assert "60020" in logged
    assert not [word for word in (SECRET, TOKEN, AES_KEY, P1, "access_token=") if word in logged]


def test_cards_and_codes_survive_a_restart(wecom: WecomWorld) -> None:
    wecom.customer(P1)
    wecom.restart()

    wecom.press(LI, "确认1")

    assert len(titles(wecom, WANG)) == 1
    assert "确认1" not in buttons(wecom.api.card(WANG))


PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
)


def a_picture(wecom: WecomWorld) -> None:
    """Let a member who has not joined report a fault and send a picture of it."""
    wecom.write(ZHAO, P1)
    wecom.call_back(wecom.api.tell("picture", user=ZHAO, content=PNG.hex()))
    wecom.after_wecom()
    wecom.app.fetch_attachments()


def test_a_picture_is_fetched_and_shown_to_support(wecom: WecomWorld) -> None:
    a_picture(wecom)

    wecom.write(LI, "附件 T1")

    text, picture = wecom.api.shown(LI)[-2:]
    assert text["text"].startswith("T1 附件 1/1：图片")
    assert (picture["kind"], picture["text"]) == ("image", f"{len(PNG)} bytes")


def test_a_picture_that_the_platform_refuses_is_said(wecom: WecomWorld) -> None:
    a_picture(wecom)
    refusal = {"errcode": 40009, "errmsg": "invalid media size"}
    wecom.api.tell("fault", call="media/upload", fault=refusal, times=2)  # as a picture, then as a file

    wecom.write(LI, "附件 T1")

    [path] = (wecom.data / FOLDER).rglob("*.png")
    said = wecom.api.texts(LI)[-1]
    assert "文件发不到企业微信。请在 Telegram 里发同样的命令，或向管理员要" in said
    assert str(path.relative_to(wecom.data / FOLDER)) in said


def test_what_is_no_picture_for_the_platform_goes_as_a_file(wecom: WecomWorld) -> None:
    a_picture(wecom)
    refusal = {"errcode": 40005, "errmsg": "invalid file type"}
    wecom.api.tell("fault", call="media/upload", fault=refusal)

    wecom.write(LI, "附件 T1")

    assert [shown["kind"] for shown in wecom.api.shown(LI)][-2:] == ["text", "file"]


def test_of_a_long_text_each_piece_is_sent_once_though_one_of_them_fails(wecom: WecomWorld) -> None:
    sentences = [f"第{number}步：检查话务台与语音网关之间的连接是否正常。" for number in range(60)]
    told = len(wecom.api.texts(LI))
    with wecom.app.store.begin(wecom.now) as unit:
        [chat, *_] = unit.chats.staff()
        unit.messages.say(chat, Say("".join(sentences)))
    for fault in ("pass", {"errcode": 45009, "errmsg": "busy"}):
        wecom.api.tell("fault", call="message/send", fault=fault)
    wecom.app.deliver()
    wecom.wait(minutes=2)

    assert "".join(wecom.api.texts(LI)[told:]) == "".join(sentences)


def test_each_piece_of_a_long_text_goes_in_a_turn_of_its_own(wecom: WecomWorld) -> None:
    told = len(wecom.api.texts(LI))
    with wecom.app.store.begin(wecom.now) as unit:
        [chat, *_] = unit.chats.staff()
        said = unit.messages.say(chat, Say("检查话务台与语音网关之间的连接是否正常。" * 60))
    for turn in range(1, 3):
        wecom.app.courier.attempt(said, lambda: wecom.now)
        assert len(wecom.api.texts(LI)) == told + turn


def test_a_busy_platform_delays_a_picture(wecom: WecomWorld) -> None:
    a_picture(wecom)
    wecom.api.tell("fault", call="media/upload", fault="html")

    wecom.write(LI, "附件 T1")
    wecom.wait(minutes=1)

    assert [shown["kind"] for shown in wecom.api.shown(LI)].count("image") == 1
    assert sum("附件 1/1" in text for text in wecom.api.texts(LI)) == 1
