"""Stories on Telegram, through the real program, in both modes and on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from bot.desk.staff import Purpose
from tests.support.telegram.api import GROUP, STAFF_CHAT, USERNAME, labels
from tests.support.telegram.world import TelegramWorld

P1 = "所有坐席都登不上系统了，电话全打不进来"
P2 = "有两个座席听不到录音"
PNG = b"\x89PNG\r\n\x1a\n" + b"." * 100


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
    assert asked["entities"][0]["user"]["id"] == telegram.li.id  # asked of them alone
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


def test_a_deadline_that_passes_is_alarmed_in_the_staff_chat(telegram: TelegramWorld) -> None:
    telegram.chen.say(P1)
    telegram.wait(hours=2, minutes=1)
    assert any("响应期限已超过 1 分钟（今天 12:00）" in line for line in telegram.heard(STAFF_CHAT))


def test_two_press_at_once_and_one_is_told_who_was_first(telegram: TelegramWorld) -> None:
    telegram.chen.say(P2)
    card = telegram.card()
    with ThreadPoolExecutor(2) as pool:
        list(
            pool.map(
                lambda press: press[0].press(press[1], chat=STAFF_CHAT, on=card, settle=False),
                ((telegram.li, "确认1"), (telegram.wang, "确认2")),
            )
        )
    telegram.settle()
    assert len([line for line in telegram.heard(telegram.chen.id) if "工单 T1：" in line]) == 1
    losers = [line for line in telegram.heard(STAFF_CHAT) if "已于 10:00 确认 T1 为" in line]
    assert len(losers) == 1
    assert len(telegram.api.look()["acknowledged"]) == 2


def test_a_restart_in_between_loses_nothing_and_doubles_nothing(telegram: TelegramWorld) -> None:
    telegram.chen.say(P1)
    telegram.stop()
    telegram.chen.say("补充一下，北京的坐席也登不上", settle=False)
    telegram.li.press("确认1", chat=STAFF_CHAT, settle=False)
    telegram.start()
    telegram.settle()
    assert len(telegram.tickets()) == 1
    assert "李工确认" in " ".join(telegram.heard(telegram.chen.id))
    assert "北京的坐席" in telegram.card()["text"]
    assert len(telegram.cards()) == 1
    assert len([line for line in telegram.heard(telegram.chen.id) if "已收到，工单号" in line]) == 1


def test_a_reply_to_the_card_is_relayed_to_the_customer(telegram: TelegramWorld) -> None:
    telegram.chen.say(P1)
    telegram.li.say("正在恢复登录服务", chat=STAFF_CHAT, reply_to=telegram.card()["message_id"])
    assert telegram.chen.last() == "李工（工单 T1）：正在恢复登录服务"
    assert "已响应" in telegram.card()["text"]


def test_what_answers_an_alarm_or_a_colleagues_question_stays_among_ourselves(
    telegram: TelegramWorld,
) -> None:
    telegram.chen.say(P1)
    telegram.li.press("确认1", chat=STAFF_CHAT)
    heard = len(telegram.heard(telegram.chen.id))
    telegram.li.press("回复客户", chat=STAFF_CHAT)
    asked = telegram.api.messages(STAFF_CHAT)[-1]

    telegram.wang.say("这家难缠，先别理", chat=STAFF_CHAT, reply_to=asked["message_id"])

    assert any("没有发给客户" in line for line in telegram.heard(STAFF_CHAT))
    assert len(telegram.heard(telegram.chen.id)) == heard
    assert telegram.tickets()[0]["responded_at"] is None


def test_a_group_with_three_colleagues(telegram: TelegramWorld) -> None:
    telegram.bound_group()
    telegram.chen.say("大家好", chat=GROUP)
    telegram.lin.say("中午吃什么", chat=GROUP)
    assert telegram.heard(GROUP) == []  # privacy mode: not even delivered

    report = telegram.chen.say(f"/report@{USERNAME} {P1}", chat=GROUP)
    receipt = telegram.api.messages(GROUP)[-1]
    assert "已收到，工单号 T1。" in receipt["text"]
    assert receipt["reply_to_message"]["message_id"] == report["message_id"]
    telegram.lin.press("全部受影响", chat=GROUP)
    assert telegram.last(GROUP).startswith("林主管，已记录：全部受影响（工单 T1）。")  # who answered
    telegram.visitor.say("我这边软电话也登不上", chat=GROUP, reply_to=receipt["message_id"])

    assert len(telegram.tickets()) == 1
    card = telegram.card()["text"]
    assert f"{P1}；新访客：我这边软电话也登不上" in card
    assert "联系人：陈班长" in card
    assert "客户答：全部受影响" in card
    telegram.lin.say("/status", chat=GROUP)
    assert "T1" in telegram.last(GROUP)
    telegram.li.say("在查了", chat=STAFF_CHAT, reply_to=telegram.card()["message_id"])
    assert telegram.last(GROUP) == "李工（工单 T1）：在查了"


def test_a_corrected_message_supplements_its_ticket(telegram: TelegramWorld) -> None:
    message = telegram.chen.say(P2)
    telegram.chen.edit(message, P1)
    assert len(telegram.tickets()) == 1
    assert "已提高为优先等级1" in telegram.chen.last()


def test_an_album_is_one_report_and_its_pictures_are_shown_to_support(telegram: TelegramWorld) -> None:
    for number in range(4):
        telegram.put_file(f"pic{number}", PNG + bytes([number]))
        photo = [{"file_id": f"pic{number}", "file_unique_id": "u", "width": 9, "height": 9}]
        words = {"caption": P1} if number == 0 else {}
        telegram.chen.say(photo=photo, media_group_id="g", settle=False, **words)
    telegram.settle()
    telegram.until(lambda: telegram.kept() == 4)

    assert len(telegram.tickets()) == 1
    assert len(telegram.heard(telegram.chen.id)) == 1
    telegram.li.press("附件", chat=STAFF_CHAT)
    shown = [m for m in telegram.api.messages(STAFF_CHAT) if "photo" in m]
    assert [m["caption"].partition("：")[0] for m in shown] == [f"T1 附件 {n}/4" for n in (1, 2, 3, 4)]
    assert not [m for m in telegram.api.messages(telegram.chen.id) if "photo" in m and m["from"]["is_bot"]]


def test_the_group_moves_and_messages_follow(telegram: TelegramWorld) -> None:
    telegram.group(-55, "青禾客服", "group")
    telegram.bind_group(-55)
    telegram.chen.say(f"/report@{USERNAME} {P1}", chat=-55)
    telegram.api.control("migrate", chat=-55, to=-10055, user=telegram.chen.user)
    telegram.settle()

    telegram.li.say("在查了", chat=STAFF_CHAT, reply_to=telegram.card()["message_id"])
    assert telegram.last(-10055) == "李工（工单 T1）：在查了"
    assert "青禾保险客服中心的群已升级为超级群，消息照常收发。" in telegram.heard(STAFF_CHAT)
    telegram.chen.say("/status", chat=-10055)
    assert "T1" in telegram.last(-10055)


def test_a_button_that_stands_in_the_group_of_before_the_move_still_works(telegram: TelegramWorld) -> None:
    old, new = -55, -10055
    telegram.group(old, "青禾客服", "group")
    telegram.bind_group(old)
    telegram.chen.say(f"/report@{USERNAME} {P2}", chat=old)
    telegram.api.control("migrate", chat=old, to=new, user=telegram.chen.user)
    telegram.settle()

    telegram.lin.press("全部受影响", chat=old)
    assert "已记录：全部受影响（工单 T1）" in telegram.last(new)
    assert "客户答：全部受影响" in telegram.card()["text"]
    moved = [line for line in telegram.heard(STAFF_CHAT) if "超级群" in line]
    assert len(moved) == 1


def test_a_number_of_before_the_move_is_not_taken_for_the_message_that_bears_it_now(
    telegram: TelegramWorld,
) -> None:
    old, new = -56, -10056
    telegram.small_staff_group(old)
    telegram.chen.say(P1)
    card = next(m for m in telegram.api.messages(old) if m.get("text", "").startswith("【T1】"))
    telegram.api.control("migrate", chat=old, to=new, user=telegram.li.user)
    telegram.settle()
    line = telegram.fill(new, card["message_id"])

    telegram.chen.press("全部受影响")
    texts = telegram.heard(new)
    assert line in texts  # not overwritten
    assert "客户答：全部受影响" in next(text for text in texts if text.startswith("【T1】"))
    heard = telegram.heard(telegram.chen.id)
    telegram.li.say("中午去哪吃饭", chat=new, reply_to=card["message_id"])
    assert telegram.heard(telegram.chen.id) == heard


def test_the_menu_is_published_in_chinese(telegram: TelegramWorld) -> None:
    commands = telegram.api.look()["commands"]
    customers = {c["command"] for c in commands["all_private_chats"]}
    assert customers == {"report", "status", "urge", "why", "level", "bind", "human", "privacy", "help"}
    assert commands["all_group_chats"] == commands["all_private_chats"]
    staff = {c["command"] for c in commands[f"chat:{STAFF_CHAT}"]}
    assert staff >= {"todo", "mine", "oncall", "ticket", "quote", "report_for"}


def commands_in(telegram: TelegramWorld, chat: int) -> set[str]:
    return {c["command"] for c in telegram.api.look()["commands"].get(f"chat:{chat}", ())}


def test_support_s_menu_comes_with_joining_and_goes_with_leaving(telegram: TelegramWorld) -> None:
    telegram.visitor.say(f"加入 {telegram.code(Purpose.STAFF, '钱工')}")
    telegram.until(lambda: "todo" in commands_in(telegram, telegram.visitor.id))
    telegram.group(-100900, "第二值班群")
    telegram.zhao.say(f"/join@{USERNAME} {telegram.code(Purpose.STAFF_CHAT)}", chat=-100900)
    telegram.until(lambda: "todo" in commands_in(telegram, -100900))

    with telegram.app.store.begin(telegram.now) as unit:
        person = unit.people.find("钱工")
        assert person is not None
        unit.people.remove(person.id)
    telegram.chen.say("你好")
    telegram.until(lambda: not commands_in(telegram, telegram.visitor.id))
    assert commands_in(telegram, STAFF_CHAT)
