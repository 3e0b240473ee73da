"""What staff decided otherwise than the bot proposed: the messages from which new words are learnt."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.desk.events import Kind, Side
from bot.desk.terms import Priority
from bot.store import tables as t

LABELS = {int(Priority.ONE): "P1", int(Priority.TWO): "P2", int(Priority.NOT_A_FAULT): "none"}


def corrected(session: Session) -> Iterator[tuple[str, str, str]]:
    """Yield text, proposed and decided label of each ticket that support last judged otherwise.

    A ticket that was opened without understanding it was proposed as ``none``.
    """
    views = session.scalars(
        select(t.TicketEventRow)
        .where(t.TicketEventRow.kind == Kind.VIEW.value, t.TicketEventRow.side == Side.VENDOR.value)
        .order_by(t.TicketEventRow.ticket_id, t.TicketEventRow.seq)
    )
    decided = {view.ticket_id: LABELS[view.data["priority"]] for view in views}  # the last view counts
    for ticket_id, label in decided.items():
        first = session.scalars(
            select(t.TicketEventRow).filter_by(ticket_id=ticket_id, kind=Kind.REPORTED.value)
        ).one()
        proposed = LABELS[first.data["priority"]] if first.data["certain"] else "none"
        text = _text(session, first)
        if proposed != label and text:
            yield text, proposed, label


def _text(session: Session, event: t.TicketEventRow) -> str:
    row = session.get(t.InboxRow, event.data["inbox"])
    return str(row.content["text"]).strip() if row else ""
