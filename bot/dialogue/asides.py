"""What a few plain words mean whatever else is read in them: is anybody there, come here, leave it."""

from __future__ import annotations

import re
from datetime import datetime

from bot.desk.case import Case, coverage_at
from bot.desk.contract import Coverage
from bot.desk.tables import Service
from bot.dialogue import (
    answers,
    contract_words,
    customer_closing,
    passing_on,
    reading,
    replies,
    same_fault,
    services,
    their_ticket,
)
from bot.dialogue.codes import looks_like_code
from bot.dialogue.commands import Command, customer_command
from bot.dialogue.turn import Turn

_ONSITE = re.compile(r"上门|[到来去]现场|派(个|位|几个)?(人|工程师|师傅|技术)|驻场")
_WHEN = re.compile("什么时候|啥时候|几时|几点|何时|多久|到哪")
_LEAVE = re.compile(
    r"(单子|工单|报修|刚才).{0,6}(撤|取消)|(撤|取消).{0,6}(单子|工单|报修|刚才)"
    r"|^(算了|先|那|就|[,， ])*(取消|撤销|撤单|撤了|撤掉|撤回)(了|吧|掉)*([。.!！,，]|$)"
    r"|不用(你们|再)*(处理|修|管|弄)了"
)
_CALLS = re.compile(r"有人|有没有人|没人|人呢|在吗|在不在|在么")
_ANGRY = re.compile(r"到底|怎么回事|搞什么|管不管|没人管|急死|[!！?？]{2,}")
_WHY = re.compile(
    r"(为什么|为何|凭什么|怎么).{0,8}(期限|时限|计时|要等|这么久|这么晚|这么慢)|(期限|时限).{0,4}(怎么|如何).{0,2}(算|来|定)"
)
_LEAVE_LENGTH = 20
_CALL_LENGTH = 10
_MAY_MEAN_ONSITE = frozenset({"howto", "other", "human"})


def of(turn: Turn, read: reading.Report) -> answers.Answer | None:
    """Return the answer to a message that reports nothing, None where its intent decides."""
    intent = read.verdict.intent
    is_working_on_it = any(case.ticket.is_live for case in turn.desk.tickets.live(turn.chat))
    if is_working_on_it and len(turn.text) <= _LEAVE_LENGTH and _LEAVE.search(turn.text):
        return leave
    # while nothing is open nobody is on the way: 能上门吗 asks whether one may come, and not when
    asks_whether = intent == "status" and not is_working_on_it and not _WHEN.search(turn.text)
    may_mean_onsite = intent in _MAY_MEAN_ONSITE or asks_whether
    if may_mean_onsite and _ONSITE.search(turn.text):
        return onsite
    is_call = intent == "other" and len(turn.text) <= _CALL_LENGTH and _CALLS.search(turn.text)
    if (intent == "greeting" or is_call) and turn.desk.tickets.live(turn.chat):
        return anybody
    return None


def asks_why(turn: Turn) -> bool:
    """Tell whether the customer asks in their own words how the deadline of an open ticket was counted."""
    return bool(_WHY.search(turn.text)) and bool(turn.desk.tickets.live(turn.chat))


def leave(turn: Turn, _: reading.Report) -> None:
    """The customer wants it left: ask whether to withdraw."""
    customer_closing.withdraw(turn, answers.NOTHING)


def anybody(turn: Turn, _: reading.Report) -> None:
    """Answer a greeting while a ticket is open: how it stands, and a person.

    To the angry, and the second time, the telephone comes first.
    """
    cases = turn.desk.tickets.live(turn.chat)
    case = same_fault.current_case(turn, cases, same_fault.CONVERSATION) or cases[0]
    status = replies.status_line(case, turn.now)
    if not _CALLS.search(turn.text) and not _ANGRY.search(turn.text):
        turn.reply(f"您好。\n{status}\n{their_ticket.hotline(turn)}", ticket=case.ticket.id)
        return
    phone = f"请直接拨打 {turn.office.hotline[0]}，报工单号 {case.number}，全天有人接听。"
    lines = [_who(case), status]
    is_urgent = _ANGRY.search(turn.text) or _has_called(turn)
    turn.reply("\n".join([phone, *lines] if is_urgent else [*lines, phone]), ticket=case.ticket.id)
    turn.remember(called=turn.now.isoformat())
    passing_on.pass_on(turn, f"在找人（{case.number}）", case.ticket.id)


def _has_called(turn: Turn) -> bool:
    called = turn.chat.state.get("called")
    return called is not None and turn.now - datetime.fromisoformat(called) <= same_fault.CONVERSATION


def _who(case: Case) -> str:
    if case.ticket.assignee:
        return f"有人：工单 {case.number} 由{case.ticket.assignee[1]}负责，已请他马上联系您。"
    return f"已请值班工程师马上联系您（工单 {case.number}）。"


def onsite(turn: Turn, _: reading.Report) -> None:
    """Answer a request to come: what the level gives, or politely what the next one does (contract 1)."""
    terms = passing_on.terms_of(turn)
    if terms is None:
        lines = ["已转给值班工程师。这个聊天还没有绑定合同，绑定后才知道有没有现场服务。"]
    elif coverage_at(terms, turn.now) is not Coverage.ACTIVE:
        lines = [f"{contract_words.uncovered_line(terms, turn.now)}。", "上门的需求已转给值班工程师。"]
    else:
        lines = services.entitled(terms, "上门", (Service.ONSITE,), turn.office.sales)
    cases = turn.desk.tickets.live(turn.chat)
    case = same_fault.current_case(turn, cases, same_fault.CONVERSATION) or (cases[0] if cases else None)
    options = () if case else (passing_on.way_out(turn),)
    number = case.ticket.id if case else None
    turn.reply("\n".join([*lines, their_ticket.hotline(turn)]), *options, ticket=number)
    passing_on.pass_on(turn, "要求上门" + (f"（{case.number}）" if case else ""), number)


def overhear(turn: Turn) -> None:
    """Read what is said in a group but not to us: nothing is answered, a clear fault is shown to support.

    Once in a while, and only while the customer has nothing open: colleagues who talk of it are not news.
    """
    heard = turn.chat.state.get("overheard")
    is_quiet = heard is None or turn.now - datetime.fromisoformat(heard) > same_fault.CONVERSATION
    if turn.chat.customer_id is None or not is_quiet or turn.desk.tickets.live(turn.chat):
        return
    if reading.of(turn, turn.text, turn.reported_at).certain:
        turn.remember(overheard=turn.now.isoformat())
        passing_on.pass_on(turn, "在群里说（没有叫机器人，没有建工单）")


def is_for_us(turn: Turn) -> bool:
    """Tell whether a message is meant for us: a tap, what mentions us, or a code, which nobody else takes."""
    if turn.inbound.addressed or turn.inbound.choice is not None:
        return True
    return code_in(turn) is not None


def code_in(turn: Turn) -> Command | None:
    """Return the command that carries a single-use code, None for all else: a code speaks for itself."""
    command = customer_command(turn.text)
    is_code = command is not None and command.verb in {"bind", "join"} and looks_like_code(command.argument)
    return command if is_code else None
