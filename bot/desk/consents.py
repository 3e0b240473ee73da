"""A telephone consent loosens something only if the customer said nothing else since (contract 2.1)."""

from __future__ import annotations

from datetime import datetime

from bot.desk.arrangements import AgreedTime, Consent
from bot.desk.calendar import SHANGHAI
from bot.desk.case import Case
from bot.desk.sla import ClockName
from bot.desk.terms import Priority
from bot.errors import Refused


def check_later(case: Case, clock: ClockName, consent: Consent) -> None:
    """Raise `Refused` if the customer has since refused a time, agreed to one, or said it is graver."""
    ticket = case.ticket
    own = _agreed_themselves(ticket.agreed_time(clock))
    for said_at in (own, ticket.refused_at.get(clock), ticket.customer_word_at):
        _check_latest(said_at, consent)


def _agreed_themselves(agreed: AgreedTime | None) -> datetime | None:
    """Return when they last agreed to a time by their own hand, whatever staff have recorded over it."""
    while agreed is not None and agreed.recorded_by is not None:
        agreed = agreed.replaced
    return agreed.agreed_at if agreed else None


def check_lower(case: Case, priority: Priority, consent: Consent) -> None:
    """Raise `Refused` if the customer has since judged it graver than ``priority``, or reported so."""
    for said, said_at in case.ticket.said.items():
        if said < priority:
            _check_latest(said_at, consent)


def _check_latest(said_at: datetime | None, consent: Consent) -> None:
    """Compare to the minute, as a call is typed."""
    if said_at is not None and consent.at < said_at.replace(second=0, microsecond=0):
        since, call = (at.astimezone(SHANGHAI) for at in (said_at, consent.at))
        raise Refused(
            f"客户 {since:%m-%d %H:%M} 在聊天里另有表示，晚于这次同意（{call:%m-%d %H:%M}）。"
            "请再与客户通话，记录之后的同意。"
        )
