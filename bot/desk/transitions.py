"""What may happen to a ticket: in which state, by whose hand, and under which further condition."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.desk.agreement import Standing
from bot.desk.events import Actor, Kind, Side
from bot.desk.terms import Priority
from bot.desk.ticket import LIVE, STATE_NAMES, Ticket, Work
from bot.errors import Refused


def _stay(*states: Work) -> Mapping[Work, Work]:
    return {state: state for state in states}


def _to(target: Work, *states: Work) -> Mapping[Work, Work]:
    return dict.fromkeys(states, target)


_ANY = _stay(*Work)
_LIVE = _stay(*LIVE)
_LIVE_OR_RESOLVED = _stay(*LIVE, Work.RESOLVED)

# The table of states and transitions: event kind → {state before: state after}. What is absent is refused.
TRANSITIONS: Mapping[Kind, Mapping[Work, Work]] = {
    Kind.REPORTED: {},  # opens a ticket, and happens to none that is there
    Kind.DETAIL: _LIVE_OR_RESOLVED,
    Kind.JOINED: _LIVE,
    Kind.PROPOSED: _LIVE,
    Kind.VIEW: _LIVE_OR_RESOLVED,
    Kind.BOUND: _ANY,
    Kind.ASKED: _LIVE,
    Kind.URGED: _LIVE,
    Kind.ASSIGNED: _LIVE_OR_RESOLVED,
    Kind.REPLIED: _LIVE_OR_RESOLVED,
    Kind.RESPONDED: {**_LIVE_OR_RESOLVED, Work.OPEN: Work.RESPONDED},
    Kind.WORKAROUND: _to(Work.WORKAROUND, *LIVE),
    Kind.REMOTE_FAILED: _to(Work.ONSITE, *LIVE),
    Kind.NO_ONSITE: _LIVE,
    Kind.ARRIVED: _LIVE,
    Kind.ACTED: _LIVE,
    Kind.TIME_OFFERED: _LIVE,
    Kind.TIME_AGREED: _LIVE,
    Kind.TIME_REFUSED: _LIVE,
    Kind.UPDATE_PROMISED: _LIVE,
    Kind.UPDATED: _LIVE_OR_RESOLVED,
    Kind.ACKNOWLEDGED: _LIVE_OR_RESOLVED,
    Kind.PAUSE_ASKED: _LIVE,
    Kind.PAUSED: _LIVE,
    Kind.PAUSE_REFUSED: _LIVE,
    Kind.RESUMED: _LIVE,
    Kind.MERGED: _to(Work.MERGED, *LIVE),
    Kind.ABSORBED: _LIVE,
    Kind.SPLIT: _LIVE_OR_RESOLVED,
    Kind.RESOLVED: _to(Work.RESOLVED, *LIVE),
    Kind.RECOVERED: _LIVE_OR_RESOLVED,
    Kind.UNRECOVERED: _LIVE,
    Kind.CLOSED: _to(Work.CLOSED, *LIVE, Work.RESOLVED),
    Kind.REOPENED: _to(Work.OPEN, Work.RESOLVED, Work.CLOSED),
    Kind.WITHDRAWN: _to(Work.WITHDRAWN, *LIVE),
    Kind.RATED: _stay(Work.CLOSED),
    Kind.UNDELIVERED: _ANY,
    Kind.CORRECTED: _ANY,
}

_CUSTOMER, _VENDOR, _BOT = frozenset({Side.CUSTOMER}), frozenset({Side.VENDOR}), frozenset({Side.BOT})
_BOTH = _CUSTOMER | _VENDOR

# By whose hand. A customer's view or consent that staff record is the vendor's hand, with the evidence in it.
SIDES: Mapping[Kind, frozenset[Side]] = {
    Kind.REPORTED: _BOTH,
    Kind.DETAIL: _BOTH,
    Kind.JOINED: _BOTH,
    Kind.PROPOSED: _BOT,
    Kind.VIEW: _BOTH,
    Kind.BOUND: _BOT | _VENDOR,
    Kind.ASKED: _VENDOR,
    Kind.URGED: _CUSTOMER,
    Kind.ASSIGNED: _VENDOR | _BOT,
    Kind.REPLIED: _VENDOR,
    Kind.RESPONDED: _VENDOR | _BOT,
    Kind.WORKAROUND: _VENDOR,
    Kind.REMOTE_FAILED: _VENDOR,
    Kind.NO_ONSITE: _VENDOR,
    Kind.ARRIVED: _VENDOR,
    Kind.ACTED: _VENDOR,
    Kind.TIME_OFFERED: _VENDOR,
    Kind.TIME_AGREED: _BOTH,
    Kind.TIME_REFUSED: _CUSTOMER,
    Kind.UPDATE_PROMISED: _VENDOR,
    Kind.UPDATED: _VENDOR | _BOT,
    Kind.ACKNOWLEDGED: _VENDOR,
    Kind.PAUSE_ASKED: _VENDOR,
    Kind.PAUSED: _CUSTOMER,
    Kind.PAUSE_REFUSED: _CUSTOMER,
    Kind.RESUMED: _BOTH,
    Kind.MERGED: _VENDOR,
    Kind.ABSORBED: _VENDOR,
    Kind.SPLIT: _BOTH,
    Kind.RESOLVED: _VENDOR,
    Kind.RECOVERED: _CUSTOMER,
    Kind.UNRECOVERED: _CUSTOMER,
    Kind.CLOSED: _BOTH | _BOT,
    Kind.REOPENED: _BOTH,
    Kind.WITHDRAWN: _CUSTOMER,
    Kind.RATED: _CUSTOMER,
    Kind.UNDELIVERED: _BOT,
    Kind.CORRECTED: _BOT,
}

Obstacle = Callable[[Ticket, Side], str]  # what stands in the way, empty for nothing


def _running(ticket: Ticket, _: Side) -> str:
    return f"双方同意的暂停还没结束，请先发“继续 T{ticket.id}”" if ticket.pause else ""


def _remotely_solvable(ticket: Ticket, side: Side) -> str:
    return "已经转现场" if ticket.remote_failed_at else _running(ticket, side)


def _expected_on_site(ticket: Ticket, _: Side) -> str:
    if ticket.remote_failed_at is None:
        return "还没有转现场"
    return "到场已经记录" if ticket.arrived_at else ""


def _asked_to_pause(ticket: Ticket, _: Side) -> str:
    return "" if ticket.pause_asked is not None else "没有待答复的暂停"


def _paused(ticket: Ticket, _: Side) -> str:
    return "" if ticket.pause else "没有暂停"


def _time_to_agree(ticket: Ticket, side: Side) -> str:
    if side is Side.CUSTOMER and not ticket.offers:
        return "没有待您同意的时间"
    return _running(ticket, side)


def _time_to_refuse(ticket: Ticket, _: Side) -> str:
    return "" if ticket.offers or ticket.agreed else "没有约定的时间"


def _closable(ticket: Ticket, side: Side) -> str:
    # What is not resolved is closed by the customer, or when both say that it is no fault.
    agreed = ticket.agreement.standing is Standing.AGREED
    if side is not Side.VENDOR or (agreed and ticket.held is Priority.NOT_A_FAULT):
        return ""
    if ticket.work is not Work.RESOLVED:
        return "还没有解决"
    if ticket.responded_at is None:
        return f"客户还没有收到答复，请先打电话并记录：响应 T{ticket.id} 14:05 王经理"
    return ""


OBSTACLES: Mapping[Kind, Obstacle] = {
    Kind.REMOTE_FAILED: _remotely_solvable,
    Kind.ARRIVED: _expected_on_site,
    Kind.TIME_OFFERED: _running,
    Kind.TIME_AGREED: _time_to_agree,
    Kind.TIME_REFUSED: _time_to_refuse,
    Kind.PAUSE_ASKED: _running,
    Kind.PAUSED: _asked_to_pause,
    Kind.PAUSE_REFUSED: _asked_to_pause,
    Kind.RESUMED: _paused,
    Kind.MERGED: _running,
    Kind.ABSORBED: _running,
    Kind.CLOSED: _closable,
}

# What the kinds are called in the chats, as what somebody can't do: 不能转现场.
ACTION_NAMES: Mapping[Kind, str] = {
    Kind.REPORTED: "报修",
    Kind.DETAIL: "补充",
    Kind.JOINED: "并入报修",
    Kind.BOUND: "绑定客户",
    Kind.ASKED: "问客户",
    Kind.NO_ONSITE: "转现场",
    Kind.UPDATED: "告知进展",
    Kind.ABSORBED: "并入别的工单",
    Kind.RECOVERED: "已恢复",
    Kind.UNRECOVERED: "没恢复",
    Kind.VIEW: "再定优先级",
    Kind.URGED: "催单",
    Kind.ASSIGNED: "认领",
    Kind.REPLIED: "回复",
    Kind.RESPONDED: "响应",
    Kind.WORKAROUND: "旁路办法",
    Kind.REMOTE_FAILED: "转现场",
    Kind.ARRIVED: "到场",
    Kind.ACTED: "行动",
    Kind.TIME_OFFERED: "约定",
    Kind.TIME_AGREED: "同意时间",
    Kind.TIME_REFUSED: "拒绝时间",
    Kind.UPDATE_PROMISED: "下次进展",
    Kind.ACKNOWLEDGED: "知道了",
    Kind.PAUSE_ASKED: "暂停",
    Kind.PAUSED: "同意暂停",
    Kind.PAUSE_REFUSED: "拒绝暂停",
    Kind.RESUMED: "继续",
    Kind.MERGED: "合并",
    Kind.SPLIT: "拆分",
    Kind.RESOLVED: "解决",
    Kind.CLOSED: "关闭",
    Kind.REOPENED: "重开",
    Kind.WITHDRAWN: "撤销",
    Kind.RATED: "评分",
}

# What can be typed, by the side that types it, the likeliest first: what a refusal offers instead.
TYPED: Mapping[Side, Mapping[Kind, str]] = {
    Side.CUSTOMER: {
        Kind.TIME_AGREED: "同意时间",
        Kind.PAUSED: "同意暂停",
        Kind.PAUSE_REFUSED: "不同意暂停",
        Kind.URGED: "催单",
        Kind.RECOVERED: "已恢复",
        Kind.REOPENED: "没恢复",
        Kind.VIEW: "有异议",
        Kind.WITHDRAWN: "撤销",
        Kind.CLOSED: "关闭",
        Kind.RATED: "评分",
    },
    Side.VENDOR: {
        Kind.RESUMED: "继续",
        Kind.VIEW: "确认",
        Kind.ASSIGNED: "认领",
        Kind.REPLIED: "回复",
        Kind.CLOSED: "关闭",
        Kind.REOPENED: "重开",
        Kind.ARRIVED: "到场",
        Kind.RESPONDED: "响应",
        Kind.RESOLVED: "解决",
        Kind.WORKAROUND: "旁路办法",
        Kind.REMOTE_FAILED: "不能远程",
    },
    Side.BOT: {},
}
OFFERED = 6


def check(ticket: Ticket, kind: Kind, actor: Actor) -> None:
    """Raise `Refused`, saying what is possible instead, if ``kind`` may not happen to ``ticket`` now."""
    if is_possible(ticket, kind, actor.side):
        return
    name = ACTION_NAMES.get(kind, kind.value)
    reason = ""
    if ticket.work in TRANSITIONS[kind] and actor.side in SIDES[kind]:
        reason = f"（{OBSTACLES[kind](ticket, actor.side)}）"
    raise Refused(
        f"工单 T{ticket.id} {STATE_NAMES[ticket.work]}，不能{name}{reason}。{_instead(ticket, actor)}"
    )


def is_possible(ticket: Ticket, kind: Kind, side: Side) -> bool:
    """Tell whether ``kind`` may happen to ``ticket`` now by the hand of ``side``."""
    if ticket.work not in TRANSITIONS[kind] or side not in SIDES[kind]:
        return False
    obstacle = OBSTACLES.get(kind)
    return obstacle is None or not obstacle(ticket, side)


def _instead(ticket: Ticket, actor: Actor) -> str:
    options = [
        "改级" if name == "确认" and ticket.agreement.vendor is not None else name
        for kind, name in TYPED[actor.side].items()
        if is_possible(ticket, kind, actor.side)
    ][:OFFERED]
    if ticket.merged_into is not None:
        return f"已并入 T{ticket.merged_into}，请对 T{ticket.merged_into} 操作。"
    new = "客户可以报一个新的故障" if actor.side is Side.VENDOR else "要报新的故障，直接用一句话描述"
    return f"现在可以：{'、'.join(options)}。" if options else f"{new}。"
