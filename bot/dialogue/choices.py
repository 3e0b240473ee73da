"""What customers are offered to tap; the typed words mean the same."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType as Frozen

from bot.desk.terms import Priority
from bot.messages import Option

EFFECT_NAMES: Mapping[Priority, str] = Frozen(
    {
        Priority.ONE: "全部受影响",
        Priority.TWO: "部分受影响",
        Priority.NOT_A_FAULT: "只是咨询",
    }
)
RATINGS = ("1分", "2分", "3分", "4分", "5分")


def effect_options(ticket: int) -> tuple[Option, ...]:
    """Return the one question that decides a priority for the customer, as three choices."""
    return tuple(
        Option(name, name, "effect", ticket, str(int(priority))) for priority, name in EFFECT_NAMES.items()
    )


def another_option(ticket: int, inbox_id: int) -> Option:
    """Return the way out for whose report joined a ticket and is of another fault."""
    return Option("另一个故障", "另一个故障", "another", ticket, str(inbox_id))


def rating_options(ticket: int) -> tuple[Option, ...]:
    """Return the choices 1 to 5."""
    return tuple(
        Option(label, f"评分 {stars}", "rate", ticket, str(stars))
        for stars, label in enumerate(RATINGS, start=1)
    )


def recovered_options(ticket: int) -> tuple[Option, ...]:
    """Return the choices after an engineer reported a fault as solved."""
    return (
        Option("已恢复", "已恢复", "works", ticket),
        Option("没恢复", "没恢复", "broken", ticket),
    )


def verdict_options(ticket: int, priority: Priority) -> tuple[Option, ...]:
    """Return the choices by which a customer answers the engineer's view."""
    return (
        Option("同意", "同意", "agree", ticket, str(int(priority))),
        Option("有异议", "有异议", "object", ticket),
    )


def effect_objection(ticket: int) -> tuple[Option, ...]:
    """Return the choice of a customer who did not agree to what was recorded on their behalf."""
    return (Option("有异议", "有异议", "object", ticket),)


def settled_options(ticket: int) -> tuple[Option, ...]:
    """Return the choices on a ticket that both sides have found to be no fault."""
    return (
        Option("关闭工单", "关闭", "close", ticket),
        Option("有异议", "有异议", "object", ticket),
    )
