"""Which open ticket a report belongs to."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from rapidfuzz import fuzz

from bot.desk.case import Case
from bot.desk.ticket import Work
from bot.dialogue.reading import COMPONENT, FRAGMENT_WINDOW, SYMPTOM, Report
from bot.dialogue.turn import Turn

GENERIC = frozenset({"agent.people", "platform.system", "line.call"})
# What can be said of anything that does not work: it tells no faults apart either.
VAGUE_EFFECTS = frozenset({"fail", "down", "stop", "vague", "wrong"})
_AGAIN = re.compile(r"还是|还不|还没|又|仍|依然|依旧|照样|再次|老样子")
CONVERSATION = timedelta(hours=2)  # a word without a subject still belongs to what was spoken of so long ago
SAME_WINDOW = timedelta(hours=1)  # so long the same part, or the same symptom, means the same fault
BACK_WINDOW = timedelta(days=1)  # so long after the closing 还是不行 is about what was closed
SIMILAR = 80  # rapidfuzz's token-set ratio of two reports of the same fault


def find_same(turn: Turn, report: Report) -> Case | None:
    """Return the open ticket that a report belongs to, None for a new fault."""
    cases = turn.desk.tickets.live(turn.chat)
    current = current_case(turn, cases)
    if current and _continues(turn, current, report):
        return current
    asked = next((case for case in cases if case.ticket.work is Work.RESOLVED), None)
    if asked and not specific(turn, report.concepts):
        return asked  # 还是不行: an answer to 恢复了吗
    return next((case for case in cases if _is_same_fault(turn, case, report)), None)


def came_back(turn: Turn, report: Report) -> Case | None:
    """Return the ticket of this chat that was closed last, where words without a subject say 又 or 还是."""
    if not _AGAIN.search(report.text) or specific(turn, report.concepts):
        return None
    if turn.desk.tickets.live(turn.chat):
        return None
    last = next(iter(turn.desk.tickets.recent(turn.chat, 1)), None)
    if last is None or last.ticket.work is not Work.CLOSED or last.ticket.closed_at is None:
        return None
    if turn.reported_at - last.ticket.closed_at > BACK_WINDOW or _differ(turn, last, report):
        return None
    return last if turn.chat.id in turn.desk.tickets.watchers(last) else None


def current_case(turn: Turn, cases: list[Case], window: timedelta = FRAGMENT_WINDOW) -> Case | None:
    """Return the ticket that this chat spoke of within ``window``."""
    number, touched = turn.chat.state.get("ticket"), turn.chat.state.get("touched")
    if number is None or touched is None or turn.reported_at - datetime.fromisoformat(touched) > window:
        return None
    return next((case for case in cases if case.ticket.id == number), None)


def _continues(turn: Turn, case: Case, report: Report) -> bool:
    """Whether a message shortly after a report goes on with it: it completes it, or names nothing else.

    系统挂了 is made clearer by IVR挂了; beside 所有坐席登不上 the recordings that are lost are another fault.
    """
    if not case.ticket.certain or not report.certain or _is_same_fault(turn, case, report):
        return True
    named, known = specific(turn, report.concepts), specific(turn, case.concepts)
    if named and known:
        return bool(named & known)
    return not named or not _differ(turn, case, report)


def may_be_another(turn: Turn, case: Case, report: Report) -> bool:
    """Tell whether a report that joins a ticket may be of another fault: another part, or another symptom.

    Args:
        case: the ticket as it was before.
    """
    if not case.ticket.certain or not report.certain:
        return False
    named, known = specific(turn, report.concepts), specific(turn, case.concepts)
    return (bool(named) and not named & known) or _differ(turn, case, report)


def _differ(turn: Turn, case: Case, report: Report) -> bool:
    """Whether both say what is wrong, and not the same."""
    said, known = effects(turn, report.concepts), effects(turn, case.concepts)
    return bool(said and known) and not said & known


def effects(turn: Turn, concepts: frozenset[str]) -> frozenset[str]:
    """Return what is said to be wrong, where that tells faults apart."""
    known = turn.office.classifier.base.concepts
    symptoms = (known[concept] for concept in _of_kind(turn, concepts, SYMPTOM))
    return frozenset(str(one.traits.get("effect")) for one in symptoms) - VAGUE_EFFECTS


def _is_same_fault(turn: Turn, case: Case, report: Report) -> bool:
    named, known = specific(turn, report.concepts), specific(turn, case.concepts)
    if named and known and not named & known:
        return False  # another part, however alike the words are
    if named and named <= known and not report.certain:
        return True  # 'the IVR again', without saying what of it
    recent = turn.reported_at - case.ticket.clock_from <= SAME_WINDOW
    if named and named == known and recent:
        return True  # the same part, in other words; support can split what should not have been joined
    if named == known or (recent and (not named or not known)):
        symptoms = _of_kind(turn, report.concepts, SYMPTOM) & _of_kind(turn, case.concepts, SYMPTOM)
        if symptoms:
            return True
    return bool(report.text) and fuzz.token_set_ratio(report.text, case.summary) >= SIMILAR


def specific(turn: Turn, concepts: frozenset[str]) -> frozenset[str]:
    """Return the parts of the platform that are named; 'agents' and 'the system' tell no faults apart."""
    return _of_kind(turn, concepts, COMPONENT) - GENERIC


def _of_kind(turn: Turn, concepts: frozenset[str], kind: str) -> frozenset[str]:
    known = turn.office.classifier.base.concepts
    return frozenset(c for c in concepts if c in known and known[c].kind == kind)
