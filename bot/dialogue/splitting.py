"""A report that joined a ticket and is of another fault becomes a ticket of its own, from its own time."""

from __future__ import annotations

from dataclasses import replace

from bot.desk.case import Case
from bot.desk.events import BOT, Event, Kind
from bot.desk.terms import Priority
from bot.desk.transitions import check
from bot.dialogue import notify, opening, reading
from bot.dialogue.commands import Command
from bot.dialogue.opening import Finding
from bot.dialogue.their_ticket import ticket_of
from bot.dialogue.turn import Turn
from bot.errors import Refused
from bot.messages import Received

NAMED = 16  # so many characters of a report tell that a summary has its words


def joined(turn: Turn, case: Case) -> list[Received]:
    """Return the reports that joined a ticket after the one that opened it."""
    first = turn.desk.tickets.events(case.ticket.id)[0].data.get("inbox")
    return [words for words in turn.desk.messages.reports(case.ticket.id) if words.id != first]


def split_off(turn: Turn, case: Case, words: Received, reason: str) -> Case:
    """Open a ticket of its own for one of the reports that had joined ``case``; return it.

    Raises:
        Refused: the ticket is closed, merged or withdrawn.
    """
    check(case.ticket, Kind.SPLIT, turn.actor)  # before anything is written
    opened = opening.open_split(turn, case, words, reason)
    data = {"inbox": words.id, "into": opened.ticket.id, "reason": reason}
    case = turn.desk.tickets.record(case, turn.event(Kind.SPLIT, **data))
    case = _without(turn, case, words)
    notify.staff(turn.desk, case, turn.now, f"{case.number} 拆出 {opened.number}")
    return opened


def _without(turn: Turn, case: Case, words: Received) -> Case:
    """Return the ticket as it is without a report that was of another fault: what only that named is gone.

    What holds stays: a priority is lowered by both sides only (contract 2.1).
    """
    left = turn.desk.messages.reports(case.ticket.id)
    named = (reading.of(turn, one.text, one.at).concepts for one in left)
    other = reading.of(turn, words.text, words.at).concepts
    turn.desk.tickets.drop_concepts(case, other.difference(*named))
    said = "，".join(one.text for one in left if one.text)
    if said and opening.shown(words.text)[:NAMED] in case.summary:
        case = turn.desk.tickets.summarise(case, opening.shown(said))
    if all(word in said for word in case.ticket.words):
        return case
    read = reading.of(turn, said, case.ticket.reported_at)
    if not read.certain and case.ticket.held is not Priority.ONE:
        return case  # in doubt is what holds as priority 1
    finding = Finding.of(turn, read)
    data = replace(finding, priority=max(finding.priority, case.ticket.held)).to_dict()
    return turn.desk.tickets.record(case, Event(Kind.PROPOSED, turn.now, BOT, data))


def another(turn: Turn, command: Command) -> None:
    """The customer says that what they reported last is another fault than the ticket's."""
    case = ticket_of(turn, command)
    own = [words for words in joined(turn, case) if turn.desk.messages.sender(words.id)[0].id == turn.chat.id]
    meant = [words for words in own if command.argument in ("", str(words.id))]
    if not meant:
        raise Refused("请用一句话描述另一个故障：哪里、什么现象、影响多少坐席。")
    split_off(turn, case, meant[-1], "")
