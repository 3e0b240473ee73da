"""One-time codes: members join, chats become support's, customers are bound; on both databases."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from bot import clock
from bot.cli import run
from bot.dialogue import notify
from bot.messages import Sender
from bot.store import tables as t
from tests.support.world import World

ANYBODY = "anybody"  # a chat and a person that nobody knows yet
P1 = "所有坐席都登不上系统了，电话全打不进来"


@pytest.fixture
def hotline(world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a command with --json on the world's database, at the world's time, and return its value."""
    monkeypatch.setattr(clock, "now", world.read_clock)

    def call(*words: str) -> Any:
        capsys.readouterr()  # what the program has logged until now
        assert run([*words, "--db", world.url, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    return call


def say(world: World, text: str, who: str = ANYBODY, chat: str | None = None) -> str:
    """Send a message from a person, by default in their own chat; return what is said there."""
    place = chat or who
    world.app.submit(world.inbound(place, Sender(who, who), text))
    world.app.deliver()
    return world.last(place)


def make_group(world: World, chat: str, customer: bool = False) -> None:
    """Turn a chat that has been heard of into a group, of a customer or of nobody."""
    say(world, "你好", chat=chat)
    with world.app.store.begin(world.now) as unit:
        row = unit.session.scalars(select(t.ChatRow).where(t.ChatRow.chat == chat)).one()
        row.kind = "group"
        row.customer_id = unit.session.scalars(select(t.CustomerRow.id)).first() if customer else None


def hashes(world: World) -> str:
    """Return all that the table of codes holds."""
    with world.app.store.read() as session:
        return str([vars(row) for row in session.scalars(select(t.CodeRow))])


def test_the_first_admin_joins_by_a_code_in_their_own_chat(world: World, hotline: Any) -> None:
    issued = hotline("staff", "add", "孙工", "--role", "admin", "--phone", "13800000000")
    assert issued["send"] == f"加入 {issued['code']}"
    assert issued["code"] not in hashes(world)
    assert issued["code"].replace("-", "") not in hashes(world)

    assert "孙工，您已作为管理员加入" in say(world, issued["send"])

    world.customer(P1)
    assert "T1" in say(world, "待办")
    [member] = hotline("staff", "list")
    assert member == {"name": "孙工", "role": "admin", "phone": "13800000000", "channels": ["phone"]}


@pytest.mark.parametrize("form", ["加入 {}", "绑定 {}", "加入：{}", "加入\u3000{}", "加入{}", "/join {}"])
def test_a_joining_code_is_taken_however_it_is_sent(world: World, hotline: Any, form: str) -> None:
    code = hotline("staff", "add", "孙工", "--role", "engineer")["code"]

    assert "已作为工程师加入" in say(world, form.format(code.lower().replace("-", " ")))


def test_a_code_works_once(world: World, hotline: Any) -> None:
    send = hotline("staff", "add", "孙工", "--role", "engineer")["send"]
    say(world, send)

    assert "不对、已用过或已过期" in say(world, send, who="visitor")
    assert "没有工单" not in say(world, "待办", who="visitor")


def test_a_code_expires(world: World, hotline: Any) -> None:
    send = hotline("staff", "add", "孙工", "--role", "engineer")["send"]

    world.wait(days=3)

    assert "已过期" in say(world, send)
    further = hotline("staff", "code", "孙工")["send"]
    assert "已作为工程师加入" in say(world, further)


def test_wrong_codes_block_a_contact_for_an_hour(world: World, hotline: Any) -> None:
    send = hotline("staff", "add", "孙工", "--role", "admin")["send"]
    for _ in range(5):
        assert "不对" in say(world, "加入 2222-2222-2222")

    assert "一小时后再试" in say(world, send)
    world.wait(hours=1)
    assert "已作为管理员加入" in say(world, send)


def test_a_removed_member_loses_the_role_at_once_on_every_platform(world: World, hotline: Any) -> None:
    for who in (ANYBODY, "elsewhere"):
        words = (
            ("staff", "code", "孙工") if who == "elsewhere" else ("staff", "add", "孙工", "--role", "lead")
        )
        say(world, hotline(*words)["send"], who=who)
    unused = hotline("staff", "code", "孙工")["send"]
    world.customer(P1)
    say(world, "认领 T1")

    removed = hotline("staff", "remove", "孙工")

    assert removed["open_tickets"] == [1]
    for who in (ANYBODY, "elsewhere"):
        assert "T1" not in say(world, "待办", who=who)
        assert "只有值班人员可以操作" in say(world, "关闭 T1", who=who, chat="staff")
    assert "不对、已用过或已过期" in say(world, unused, who="visitor")
    assert hotline("staff", "list") == []


def test_the_only_admin_is_not_removed(
    world: World, hotline: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    hotline("staff", "add", "孙工", "--role", "admin")
    hotline("staff", "add", "周工", "--role", "engineer")

    assert run(["staff", "remove", "孙工", "--db", world.url]) == 1
    assert "the only admin is not removed" in capsys.readouterr().err

    hotline("staff", "add", "吴工", "--role", "admin")
    hotline("staff", "remove", "孙工")
    assert [member["name"] for member in hotline("staff", "list")] == ["吴工", "周工"]


def test_a_joining_code_that_was_shown_in_a_group_is_void(world: World, hotline: Any) -> None:
    make_group(world, "group")
    send = hotline("staff", "add", "孙工", "--role", "admin")["send"]

    assert "现已作废" in say(world, send, chat="group")

    assert "不对、已用过或已过期" in say(world, send)


def test_a_sentence_that_begins_like_the_command_is_no_code(world: World) -> None:
    for _ in range(6):
        assert "不对" not in world.customer("加入 黑名单 的号码还是能打进来")
    assert len(world.tickets()) <= 1


def test_a_lead_makes_a_group_the_staff_chat(world: World, hotline: Any) -> None:
    make_group(world, "group")
    send = hotline("staff", "chat-code")["send"]
    assert "只有主管或以上角色" in say(world, send.replace("设为值班群", "绑定"), who="visitor", chat="group")
    assert "只有主管或以上角色" in say(world, send, who="li", chat="group")

    assert "已设为值班群" in say(world, send, who="zhao", chat="group")

    world.customer(P1)
    assert any("T1" in text for text in world.heard("group"))


def test_a_customers_group_never_becomes_the_staff_chat(world: World, hotline: Any) -> None:
    make_group(world, "group", customer=True)
    send = hotline("staff", "chat-code")["send"]

    assert "已设为值班群" not in say(world, send, who="zhao", chat="group")

    count = len(world.heard("group"))
    world.customer(P1, who="enhanced")
    assert len(world.heard("group")) == count


def test_who_joins_from_a_chat_that_was_a_customers_can_work_there(world: World, hotline: Any) -> None:
    say(world, f"绑定 {hotline('bind', '青禾')['code']}")

    say(world, hotline("staff", "add", "孙工", "--role", "engineer")["send"])

    world.customer(P1, who="enhanced")
    assert "T1" in say(world, "待办")


def test_a_customers_code_binds_no_chat_of_staff(world: World, hotline: Any) -> None:
    code = hotline("bind", "青禾")["code"]

    assert "请客户在自己的对话里发送" in say(world, f"加入 {code}", who="li", chat="staff")

    assert "已绑定：青禾保险客服中心" in say(world, f"绑定 {code}")


def test_bind_knows_customers_by_name_part_or_contract_and_codes_by_themselves(hotline: Any) -> None:
    for words in ("青禾保险客服中心", "青禾", "DEMO-REGULAR"):
        assert hotline("bind", words)["customer"] == "青禾保险客服中心"
    code = hotline("bind", "云帆")["code"]

    known = hotline("bind", code)

    assert (known["purpose"], known["for"], known["state"]) == ("customer", "云帆航空呼叫中心", "valid")
    assert [one["for"] for one in hotline("bind", "--list")].count("青禾保险客服中心") == 3


def test_a_code_that_was_used_says_so(world: World, hotline: Any) -> None:
    code = hotline("bind", "云帆")["code"]
    say(world, f"绑定 {code}")

    assert hotline("bind", code)["state"] == "used"
    assert hotline("bind", "--list") == []


def test_tables_for_people_name_members_and_codes(
    world: World, hotline: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    hotline("staff", "add", "孙工", "--role", "lead")

    run(["staff", "list", "--db", world.url])
    out, err = capsys.readouterr()
    assert "主管" in out
    assert "李工 (engineer, phone)" in err  # a sample's identity has the role without a membership
    run(["bind", "--list", "--db", world.url])
    assert "加入值班人员" in capsys.readouterr().out
    run(["staff", "chat-code", "--db", world.url])
    assert "    设为值班群 " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (["staff", "add", "孙工", "--role", "boss"], 2, "boss"),
        (["staff", "add", " ", "--role", "lead"], 2, "name"),
        (["staff", "add", "周工", "--role", "lead", "--phone", "abc"], 2, "no phone number"),
        (["staff", "add", "孙工", "--role", "lead"], 1, "孙工 is a member already"),
        (["staff", "remove", "周工"], 1, "there are: 孙工"),
        (["bind"], 2, "--list"),
        (["bind", "不存在"], 1, "no customer, contract or code"),
        (["bind", "中心"], 1, "part of several names"),
    ],
)
def test_a_wrong_call_ends_with_one_line(
    world: World, hotline: Any, capsys: pytest.CaptureFixture[str], words: list[str], code: int, why: str
) -> None:
    hotline("staff", "add", "孙工", "--role", "lead")

    assert run([*words, "--db", world.url]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert why in err


def test_a_staff_chat_is_taken_back(world: World, hotline: Any) -> None:
    world.customer(P1)
    [chat] = hotline("staff", "chats")
    assert (chat["channel"], chat["chat"]) == ("phone", "staff")
    heard = len(world.heard("staff"))
    with world.app.store.begin(world.now) as unit:  # under way to it
        notify.staff_line(unit, "客户的话")

    assert hotline("staff", "remove-chat", f"C{chat['id']}")["left"] == 0

    world.customer(P1, who="enhanced")
    world.wait(hours=1)
    assert len(world.heard("staff")) == heard
    assert world.staff("认领 T1") == "请在值班群里操作。"
    assert hotline("staff", "chats") == []


def test_a_chat_that_is_not_support_s_can_not_be_taken_back(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["staff", "remove-chat", "C1", "--db", world.url]) == 1
    assert "C1 is no staff chat" in capsys.readouterr().err
    assert run(["staff", "remove-chat", "staff", "--db", world.url]) == 2
