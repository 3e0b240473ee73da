"""为什么: the receipt of a ticket's deadlines, so that a customer can check each of them."""

from __future__ import annotations

from datetime import datetime

from bot.desk.case import Case
from bot.desk.events import Side
from bot.desk.sla import ClockName, Deadline
from bot.dialogue.clock_words import agreed_line, pause_line, with_reason
from bot.dialogue.receipts import receipt_lines
from bot.dialogue.replies import clause_zh, deadline_line, hotline_line, judged, quoted, timed


def why(case: Case, now: datetime, hotline: tuple[str, ...]) -> str:
    """Return how the deadlines were counted, window by window, and what was agreed (contract 1, 2.1)."""
    lines = [f"工单 {case.number} 的期限是这样算的："]
    counted = _counted(case, case.response)
    lines += counted
    if not counted or case.ticket.responded_at is not None:
        lines.append(deadline_line(case, now))
    onsite = case.deadlines.onsite
    if onsite:
        lines += _counted(case, onsite) or [f"到场期限：{with_reason(case, onsite, now)}"]
    lines += [f"约定：{agreed_line(time, now)}" for time in case.ticket.agreed]
    lines += [pause_line(pause, now) for pause in case.ticket.pauses]
    return "\n".join([*lines, _basis(case), hotline_line(hotline)])


def _counted(case: Case, deadline: Deadline | None) -> list[str]:
    """Return the counting of a deadline, nothing for one that was agreed: that is on record below."""
    if deadline is None or case.terms is None or deadline.clock == ClockName.AGREED:
        return []
    return receipt_lines(deadline, case.terms, case.ticket)


def _basis(case: Case) -> str:
    """Return the priority that holds, the words that decided it, and both sides' views."""
    views = case.ticket.agreement
    said = [
        f"{'您' if side is Side.CUSTOMER else '工程师'}{judged(view)}"
        for side, view in ((Side.CUSTOMER, views.customer), (Side.VENDOR, views.vendor))
        if view is not None
    ]
    words = case.ticket.words
    basis = f"依据您的话{quoted(words)}（{clause_zh(case.ticket.clause)}）" if words else ""
    if basis and views.proposed != views.held:  # the clause is of what was found at first
        basis = f"最初{judged(views.proposed)}，{basis}"
    return "，".join(part for part in (timed(views.held), basis, *said) if part) + "。"
