"""Random legal lives of tickets: what is stored is what the events make, on both databases."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.desk.case import Chat
from bot.desk.events import Kind, Side
from bot.desk.terms import Level, Priority
from bot.desk.transitions import is_possible
from bot.store.chats import contact_of
from bot.store.tables import ChatRow, ContactRow
from tests.support.actions import event, reported
from tests.support.world import MONDAY_10, World

# What joins two tickets is made by the dialogue: below.
CHOICES = [(k, s) for k in Kind for s in Side if k not in (Kind.REPORTED, Kind.MERGED)]

steps = st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 600), st.integers(0, 30)), max_size=25)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps, st.sampled_from([Priority.ONE, Priority.TWO]), st.sampled_from(Level))
def test_replay_equals_what_is_stored_after_any_legal_sequence(
    world: World, choices: list[tuple[int, int, int]], priority: Priority, level: Level
) -> None:
    first = reported(MONDAY_10, priority, contract=f"DEMO-{level.value.upper()}")
    now = MONDAY_10
    with world.app.store.begin(now) as unit:
        chat = unit.session.get_one(ChatRow, 1)
        contact = contact_of(unit.session.get_one(ContactRow, 1))
        case = unit.tickets.open(
            Chat(chat.id, chat.kind, chat.customer_id, {}), contact, first, "故障", frozenset()
        )
        for pick, passed, number in choices:
            now += timedelta(minutes=passed)
            ticket = case.ticket
            possible = [(kind, side) for kind, side in CHOICES if is_possible(ticket, kind, side)]
            kind, side = possible[pick % len(possible)]
            case = unit.tickets.record(case, event(kind, side, now, ticket, number))

    with world.app.store.begin(now) as unit:
        assert unit.tickets.differences(case.ticket.id) == {}
        stored = unit.tickets.get(case.ticket.id)
        assert stored is not None
        assert (stored.ticket, stored.deadlines) == (case.ticket, case.deadlines)


STAFF = [
    "确认 {t} 1",
    "确认 {t} 2 只有一个组",
    "不是故障 {t} 是咨询",
    "改级 {t} 2 只有一个组",
    "改级 {t} 1 全部受影响",
    "认领 {t}",
    "回复 {t} 正在看",
    "响应 {t} 王经理",
    "旁路办法 {t} 先用备用线路",
    "不能远程 {t} 硬件坏了",
    "到场 {t}",
    "行动 {t} 已重启",
    "约定 {t} 响应 明天 15:00",
    "约定 {t} 响应 明天 16:00 王经理 电话",
    "约定 {t} 到场 明天 9:00 王经理 电话",
    "约定 {t} 行动 明天 10:00 王经理 电话",
    "下次进展 {t} 明天 9:00",
    "知道了 {t}",
    "暂停 {t} 等客户重启",
    "继续 {t}",
    "合并 {t} 到 {u}",
    "拆分 {t} 1",
    "客户同意 {t} 2 王经理 电话",
    "解决 {t} 已处理",
    "关闭 {t}",
    "重开 {t} 又坏了",
]
CUSTOMER = [
    "所有坐席都登不上系统了",
    "有两个座席听不到录音",
    "报表导不出来",
    "全部受影响",
    "部分受影响",
    "同意",
    "有异议",
    "同意暂停 {t}",
    "不同意暂停 {t}",
    "同意时间 {t}",
    "不同意时间 {t}",
    "催单 {t}",
    "已恢复 {t}",
    "没恢复 {t}",
    "确定关闭 {t}",
    "撤销 {t}",
    "确定撤销",
    "评分 5",
    "谢谢",
    "为什么 {t}",
]
talk = st.lists(
    st.tuples(st.sampled_from(STAFF + CUSTOMER), st.integers(1, 4), st.integers(1, 4), st.integers(0, 400)),
    min_size=6,
    max_size=16,
)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(talk, st.sampled_from(["regular", "enhanced", "diamond"]))
def test_replay_equals_what_is_stored_after_any_conversation(
    world: World, said: list[tuple[str, int, int, int]], customer: str
) -> None:
    world.customer(CUSTOMER[0], who=customer)
    world.customer(CUSTOMER[1], who=customer)
    newest = len(world.tickets())
    for text, one, other, passed in said:
        world.wait(minutes=passed)
        words = text.format(t=f"T{max(newest - one + 1, 1)}", u=f"T{max(newest - other + 1, 1)}")
        chat = "staff" if text in STAFF else customer
        heard = len(world.heard(chat))
        if text in STAFF:
            world.staff(words, who="zhao")
        else:
            world.customer(words, who=customer)
        assert len(world.heard(chat)) > heard, f"nothing was answered to {words}"
        assert "没有执行成功" not in world.last(chat)  # refused with a sentence, or done; never broken

    assert world.differences() == {}
    # Whatever was done, what is over is looked at no more, and what the customer waits for always is.
    for ticket in world.tickets():
        over = ticket["work"] in {"closed", "withdrawn", "merged"}
        assert not (over and ticket["next_alarm_at"])
        waits = ticket["work"] == "open" and ticket["held"] != 3 and not ticket["paused_at"]
        assert ticket["next_alarm_at"] or not waits
