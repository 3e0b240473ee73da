"""What an alarm says: who must do what by when, and what has been tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType as Frozen

from bot.desk.calendar import SHANGHAI
from bot.desk.case import Case
from bot.desk.ladder import Step
from bot.desk.roster import Member
from bot.desk.sla import ClockName
from bot.desk.watch_policy import Target
from bot.dialogue.receipts import CLOCK_NAMES, say_deadline, say_duration, say_time
from bot.dialogue.replies import PRIORITY_NAMES, shorten
from bot.messages import Option, Say

TRIED_SHOWN = 4
WORDS_SHOWN = 40
TO_DO: Mapping[ClockName, str] = Frozen(
    {
        ClockName.CONFIRMATION: "确认优先级",
        ClockName.RESPONSE: "答复或致电客户",
        ClockName.ONSITE: "安排到场",
        ClockName.NEXT_UPDATE: "告诉客户进展",
        ClockName.AGREED: "兑现与客户约定的时间",
        ClockName.FOLLOW_UP: "跟进：告诉客户进展，处理好了请发“解决”",
        ClockName.PAUSE: "问客户进展；不用再等请发“继续”",
    }
)
TARGET_NAMES: Mapping[Target, str] = Frozen(
    {
        Target.ASSIGNEE: "负责人",
        Target.ON_CALL: "值班",
        Target.LEAD: "主管",
        Target.MANAGER: "经理",
    }
)
EVERYBODY = "值班群"


@dataclass(frozen=True, slots=True)
class Tried:
    """An earlier alarm: whom it called; ``lost``: it could not be delivered."""

    at: datetime
    name: str
    lost: bool


def alarm(
    case: Case, steps: Sequence[Step], who: Sequence[Member], tried: Sequence[Tried], now: datetime
) -> Say:
    """Return the alarm of a ticket.

    Args:
        steps: the gravest step of each clock that rings, the gravest first.
        who: whom the gravest calls; nobody: the whole staff chat.
        tried: the earlier alarms of its clock, in order.
    """
    gravest = steps[0]
    contact = f"{case.reporter.name} {case.reporter.phone or '（电话未登记）'}"
    customer = case.customer.name if case.customer else "未绑定合同"
    lines = [
        f"⚠ {case.number} {PRIORITY_NAMES[case.ticket.held]} · {state_words(gravest, now)}",
        f"请{who_words(case, gravest.target, who)}现在{TO_DO[gravest.clock]}：{customer} {contact}",
        f"故障：{shorten(case.summary, WORDS_SHOWN)}",
    ]
    lines += [f"另外：{state_words(step, now)}，请{TO_DO[step.clock]}" for step in steps[1:]]
    if tried:
        lines.append("已尝试：" + "；".join(_tried(tried)))
    return Say("\n".join(lines), _options(case, [step.clock for step in steps]), urgent=True)


def state_words(step: Step, now: datetime) -> str:
    """Return how a clock stands: 响应时间已用 75%，期限 今天 12:00 前，约 30 分钟内."""
    name = CLOCK_NAMES[step.clock]
    if step.clock is ClockName.PAUSE:
        minutes = (now - step.deadline.started_at).total_seconds() // 60
        return f"双方同意的暂停已 {say_duration(int(minutes))}"
    if step.clock is ClockName.FOLLOW_UP:
        minutes = (now - step.deadline.started_at).total_seconds() // 60
        return f"已响应，之后 {say_duration(int(minutes))}没有跟进（内部提醒）"
    if step.clock is ClockName.RESPONSE and not step.deadline.in_contract:
        name += "（内部目标）"
    over = (now - step.deadline.due).total_seconds() // 60
    if step.is_at_once:
        passed = f"，已过 {say_duration(int(over))}" if over >= 1 else ""
        return f"{name}：应立即进行{passed}"
    if step.is_warning:
        return f"{name}时间已用 {step.rank}%，期限 {say_deadline(step.deadline, now)}"
    until = say_time(step.deadline.due, now).removesuffix(" 前")
    late = f"已超过 {say_duration(int(over))}" if over >= 1 else "已到"
    return f"{name}期限{late}（{until}）"


def who_words(case: Case, target: Target, who: Sequence[Member]) -> str:
    """Return whom an alarm calls: 值班王工; nobody: anybody who reads it."""
    if not who:
        return "任何一位值班人员"
    nobody_has_it = target is Target.ASSIGNEE and case.ticket.assignee is None
    title = TARGET_NAMES[Target.ON_CALL if nobody_has_it else target]
    return "、".join(member.name if title in member.name else f"{title}{member.name}" for member in who)


def _tried(tried: Sequence[Tried]) -> list[str]:
    """Return the latest alarms, those of one instant together: 11:30 值班群、李工（未送达）."""
    called: dict[datetime, list[str]] = {}
    for one in tried:
        called.setdefault(one.at, []).append(one.name + ("（未送达）" if one.lost else ""))
    latest = list(called.items())[-TRIED_SHOWN:]
    return [f"{at.astimezone(SHANGHAI):%H:%M} {'、'.join(dict.fromkeys(names))}" for at, names in latest]


def _options(case: Case, clocks: Sequence[ClockName]) -> tuple[Option, ...]:
    number = case.ticket.id
    options = [Option("继续", f"继续 T{number}", "resume", number)] if ClockName.PAUSE in clocks else []
    if ClockName.CONFIRMATION in clocks and case.ticket.agreement.vendor is None:
        options += [
            Option("确认1", f"确认 T{number} 1", "confirm", number, "1"),
            Option("确认2", f"确认 T{number} 2", "confirm", number, "2"),
        ]
    if case.ticket.assignee is None:
        options.append(Option("认领", f"认领 T{number}", "claim", number))
    options.append(Option("回复客户", f"回复 T{number} 内容", "reply", number))
    if case.ticket.responded_at is None:
        options.append(Option("响应", f"响应 T{number} 14:05 王经理", "respond", number))
    if ClockName.FOLLOW_UP in clocks:
        options.append(Option("解决", f"解决 T{number} 处理结果", "resolve", number))
    typed = f"知道了 T{number} {CLOCK_NAMES[clocks[0]]}"
    options.append(Option("知道了", typed, "ack", number, clocks[0].value))
    return tuple(options)


def rerouted(text: str, name: str) -> str:
    """Return an alarm that did not arrive where it was sent first."""
    return f"{text}\n（发给{name}没有送达，改由这里通知）"
