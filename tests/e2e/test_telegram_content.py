"""What people send beside plain words, on both databases: passed-on messages, files, places, odd things."""

from __future__ import annotations

import pytest

from tests.support.telegram.api import GROUP, STAFF_CHAT, USERNAME, labels
from tests.support.telegram.world import TelegramWorld

P1 = "所有坐席都登不上系统了，电话全打不进来"
P2 = "有两个座席听不到录音"
STICKER = {"is_animated": False, "is_video": False, "type": "regular"}


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


def test_a_place_is_shown_on_the_card(telegram: TelegramWorld) -> None:
    telegram.chen.say(P1)
    telegram.chen.say(location={"latitude": 39.908, "longitude": 116.397})
    assert f"原话：{P1}［位置 39.908,116.397］" in telegram.card()["text"]
    assert "附件" not in labels(telegram.card())


@pytest.mark.parametrize(
    "content",
    [
        {"dice": {"emoji": "🎲", "value": 3}},
        {
            "sticker": {"file_id": "s", "file_unique_id": "s", "width": 1, "height": 1, "emoji": "😭"}
            | STICKER
        },
        {"game": {"title": "g", "description": "d", "photo": []}},
    ],
    ids=["dice", "sticker", "game"],
)
def test_what_says_nothing_is_asked_for_words_and_troubles_nobody(
    telegram: TelegramWorld, content: dict[str, object]
) -> None:
    telegram.chen.say(**content)
    assert telegram.chen.last().startswith("没有看到内容，请用一句话描述故障")
    telegram.chen.say(P1)
    cards = telegram.heard(STAFF_CHAT)
    telegram.li.say("/todo")
    heard = len(telegram.heard(telegram.li.id))
    telegram.li.say(**content)
    assert len(telegram.heard(telegram.li.id)) == heard
    telegram.li.say(**content, chat=STAFF_CHAT, reply_to=telegram.card()["message_id"])
    assert telegram.tickets()[0]["responded_at"] is None
    assert telegram.heard(STAFF_CHAT)[: len(cards)] == cards


def test_thumbs_up_is_thanks(telegram: TelegramWorld) -> None:
    sticker = {"file_id": "s", "file_unique_id": "s", "width": 1, "height": 1, "emoji": "👍"} | STICKER
    telegram.chen.say(sticker=sticker)
    assert telegram.chen.last().startswith("不客气")
    assert telegram.heard(STAFF_CHAT) == []


def test_a_poll_is_read_as_words(telegram: TelegramWorld) -> None:
    options = [{"text": text, "voter_count": 0, "persistent_id": text} for text in ("是", "否")]
    poll = {"id": "1", "question": "所有坐席都登不上系统了吗", "options": options, "total_voter_count": 0}
    poll |= {"is_closed": False, "is_anonymous": True, "type": "regular", "allows_multiple_answers": False}
    poll |= {"allows_revoting": True, "members_only": False}
    telegram.chen.say(poll=poll)
    assert "T1" in telegram.chen.last() or "转给值班工程师" in telegram.chen.last()
    assert any("所有坐席都登不上系统了吗：是、否" in line for line in telegram.heard(STAFF_CHAT))


def test_voice_and_film_are_kept_and_played_to_support(telegram: TelegramWorld) -> None:
    telegram.put_file("v", b"OggS" + b"." * 50)
    telegram.put_file("f", b"\0\0\0\x18ftypmp42" + b"." * 50)
    telegram.chen.say(voice={"file_id": "v", "file_unique_id": "v", "duration": 3})
    assert "语音没有转成文字" in telegram.chen.last()
    film = {"file_id": "f", "file_unique_id": "f", "width": 1, "height": 1, "duration": 3}
    telegram.chen.say(video=film, caption=P1)
    telegram.until(lambda: telegram.kept() == 2)
    assert len(telegram.tickets()) == 1

    telegram.li.press("附件", chat=STAFF_CHAT)
    spoken, shown = telegram.api.messages(STAFF_CHAT)[-2:]
    assert "voice" in spoken
    assert shown["document"]["file_name"] == "T1-2.mp4"
    assert shown["caption"].startswith("T1 附件 2/2：视频 · 陈班长")


def test_a_script_that_a_customer_sends_goes_to_nobody(telegram: TelegramWorld) -> None:
    telegram.put_file("b", b"del *.*")
    document = {"file_id": "b", "file_unique_id": "b", "file_name": "fix.bat"}
    telegram.chen.say(document=document, caption=P1)
    telegram.until(lambda: telegram.kept("withheld") == 1)
    telegram.settle()
    telegram.li.press("附件", chat=STAFF_CHAT)
    assert "文件 · fix.bat · 陈班长" in telegram.last(STAFF_CHAT)
    assert "已留存，没有转发" in telegram.last(STAFF_CHAT)
    assert not [m for m in telegram.api.messages(STAFF_CHAT) if "document" in m]


def test_a_contact_is_a_number_where_it_is_ones_own_and_words_where_it_is_not(
    telegram: TelegramWorld,
) -> None:
    telegram.chen.say(P1)
    own = {"phone_number": "+8613800000000", "first_name": "陈", "user_id": telegram.chen.id}
    telegram.chen.say(contact=own)
    assert telegram.chen.last() == "已记下联系电话 +8613800000000。"
    assert "联系人：陈班长 +8613800000000" in telegram.card()["text"]
    telegram.chen.say(contact={"phone_number": "+8613911111111", "first_name": "王"})
    assert "+8613911111111" not in telegram.card()["text"].partition("原话")[0]


def test_a_group_is_told_what_reaches_the_bot_there(telegram: TelegramWorld) -> None:
    telegram.group(GROUP, "青禾客服")
    telegram.api.control("member", chat=GROUP, user=telegram.chen.user, state="member", before="left")
    telegram.settle()
    said = telegram.last(GROUP)
    assert "@" not in said  # in privacy mode a mention does not reach it
    assert "报修请发：/report 加一句话" in said
    assert "/bind 加工程师给您的绑定码" in said

    telegram.chen.say(f"/report {P1}", chat=GROUP)
    telegram.api.control("member", chat=GROUP, user=telegram.chen.user, state="kicked")
    telegram.settle()
    assert any("T1 的群里已没有机器人，消息送不到，请打电话" in line for line in telegram.heard(STAFF_CHAT))


# --- support's commands


def test_support_s_commands_do_what_the_page_says(telegram: TelegramWorld) -> None:
    telegram.chen.say(P1)
    telegram.li.say("/claim 1", chat=STAFF_CHAT)
    telegram.li.say("/mine", chat=STAFF_CHAT)
    assert telegram.last(STAFF_CHAT).startswith("T1 优先等级1 · 青禾保险客服中心")
    telegram.wang.say("/mine")
    assert telegram.wang.last() == "您名下没有未结的工单。"
    telegram.li.say("/todo")
    assert telegram.li.last().startswith("T1 ")
    telegram.li.say("/oncall")
    assert "值班" in telegram.li.last()
    telegram.li.say("/quote 增强级 交换机 外地 20万")
    assert "年费 50,000.00 元" in telegram.li.last()
    telegram.li.say("/quote 远山银行")
    assert "远山银行信用卡中心" in telegram.li.last()
    telegram.li.say("/report_for 远山银行信用卡中心 09:50 IVR挂了，全部打不进来", chat=STAFF_CHAT)
    assert "已为远山银行信用卡中心登记工单 T2" in telegram.last(STAFF_CHAT)
    telegram.li.say("/ticket 2", chat=STAFF_CHAT)
    assert telegram.last(STAFF_CHAT).startswith("【T2】")
    telegram.li.say("/files 2", chat=STAFF_CHAT)
    assert telegram.last(STAFF_CHAT) == "T2 没有附件。"
    telegram.li.say("/help")
    assert "代报修" in telegram.li.last()


def test_customers_commands_do_what_the_menu_says(telegram: TelegramWorld) -> None:
    answers = {
        "/status": "没有未结的工单",
        "/level": "常规级",
        "/bind": "绑定码",
        "/human": "已请值班工程师",
        "/privacy": "保存：",
        "/help": "报修：",
        "/report": "请用一句话描述",
    }
    for command, words in answers.items():
        telegram.chen.say(command)
        assert words in telegram.chen.last(), command
    telegram.chen.say(P1)
    assert "工单号 T1" in telegram.chen.last()
    telegram.chen.say("/why")
    assert "合同" in telegram.chen.last()
    for command in ("/urge", "/urge 1", "/urge T1"):
        telegram.chen.say(command)
        assert "已催办工单 T1" in telegram.chen.last(), command
