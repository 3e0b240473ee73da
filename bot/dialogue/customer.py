"""A customer's message: a tap, a typed number, a command, or a sentence to be understood."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from bot.dialogue import (
    albums,
    amending,
    answers,
    asides,
    customer_closing,
    customer_priority,
    joining,
    offers,
    opening,
    phones,
    privacy,
    quiet,
    quoting,
    reading,
    report,
    same_fault,
    splitting,
    their_ticket,
    urging,
    waiting,
)
from bot.dialogue.commands import Command, customer_command, of_option
from bot.dialogue.turn import Turn, says_something
from bot.errors import Refused
from bot.messages import AttachmentKind, Forwarded, Option

Handler = Callable[[Turn, Command], None]


def _which(turn: Turn, _: Command) -> None:
    offered = offers.meant(_questions(turn, quoting.REMEMBERED), turn.text)
    offers.ask_which(turn, offered or _of_old(turn))


HANDLERS: Mapping[str, Handler] = {
    "agree": customer_priority.agree,
    "another": splitting.another,
    "bind": joining.enter,
    "broken": customer_closing.broken,
    "close": customer_closing.close,
    "effect": customer_priority.effect,
    "help": answers.help_,
    "human": answers.human,
    "join": joining.enter,
    "keep": customer_closing.keep,
    "level": answers.level,
    "object": customer_priority.object_,
    "pause_no": waiting.refuse_pause,
    "pause_yes": waiting.agree_pause,
    "privacy": privacy.privacy,
    "rate": customer_closing.rate,
    "report": report.anyway,
    "status": answers.status,
    "time_no": waiting.refuse_time,
    "time_yes": waiting.agree_time,
    "urge": urging.urge,
    "which": _which,
    "why": answers.why,
    "withdraw": customer_closing.withdraw,
    "withdraw_now": customer_closing.withdraw_now,
    "works": customer_closing.works,
}


def answer(turn: Turn) -> None:
    """Answer a customer's message; whatever it is, something helpful is said. In groups: what is for us."""
    if albums.took(turn):
        return
    if not asides.is_for_us(turn):
        asides.overhear(turn)
        return
    if turn.inbound.is_correction and amending.took(turn):
        return
    turn = quoting.spoken_of(turn)
    try:
        command = command_of(turn)
        if command is not None:
            if command.verb not in quiet.VERBS:
                waiting.answered(turn)
            if command.verb != "report" and "fragments" in turn.chat.state:
                turn = turn.remember(fragments=None)  # what came before was another matter
            HANDLERS[command.verb](turn, command)
        else:
            understand(turn)
    except Refused as refusal:
        turn.reply(f"{refusal}\n{their_ticket.hotline(turn)}")
    albums.note(turn)
    opening.note_shown(turn)


def command_of(turn: Turn) -> Command | None:
    """Return what was tapped, or typed as a number or a command; None for a sentence."""
    if turn.inbound.choice is not None:
        option = turn.desk.messages.option(turn.inbound.choice, turn.chat.id)
        if option is None:
            raise Refused("这个按钮已过期，请直接打字告诉我。")
        if option.verb not in HANDLERS:  # a card's, and who presses it is no member of support (any more)
            raise Refused("只有值班人员可以操作。")
        return of_option(option)
    if turn.inbound.forwarded is not None:
        return asides.code_in(turn)  # what somebody else wanted is no command of the sender's
    offered = offers.meant(_questions(turn, quoting.REMEMBERED), turn.text)
    if len(offered) == 1:
        return of_option(offered[0])
    if offered or _of_old(turn):
        return Command("which")
    return customer_command(turn.text)


def _questions(turn: Turn, before: int) -> list[offers.Question]:
    found = quoting.questions(turn, before)
    return [tuple(one for one in question if one.verb in HANDLERS) for question in found]


def _of_old(turn: Turn) -> list[Option]:
    """Return what a bare number meant in what was asked before other things were said: never done unasked."""
    if offers.number_in(turn.text) is None:
        return []
    return offers.meant(_questions(turn, quoting.LONG_AGO), turn.text)


def understand(turn: Turn) -> None:
    """Understand a sentence, a picture or a file, and act on it."""
    if turn.inbound.forwarded is Forwarded.OURS:
        answers.status(turn, answers.NOTHING)
        return
    if turn.inbound.phone:
        phones.keep(turn, turn.inbound.phone)
        return
    if not turn.text:
        if turn.inbound.attachments:
            waiting.answered(turn)
        picture(turn)
        return
    if turn.inbound.forwarded is None and phones.given(turn):
        return
    if _was_asked_to_report(turn) and says_something(turn.text):
        asked_for = reading.of(turn, turn.text, turn.reported_at)
        turn.understood(asked_for.verdict)
        report.take(turn.remember(reporting=None), asked_for)
        return
    _sentence(turn)


def _sentence(turn: Turn) -> None:
    read = reading.read(turn)
    turn.understood(read.verdict)
    names_a_part = bool(same_fault.specific(turn, read.concepts))
    is_clear = read.certain and (read.verdict.ask is None or names_a_part)
    is_own = turn.inbound.forwarded is None
    if is_own and not is_clear and (answered := customer_priority.effect_in_words(turn)):
        customer_priority.effect(turn, answered)
        return
    if is_own and (objection := customer_priority.says_graver(turn, read)):
        customer_priority.object_(turn, objection)
        return
    if is_own and not read.certain and asides.asks_why(turn):
        answers.why(turn, answers.NOTHING)
        return
    waited_for = [] if quiet.is_quiet(turn.text, read.verdict.intent) else waiting.answered(turn)
    if read.verdict.intent == "other" and not says_something(turn.text):
        answers.empty(turn)  # a sticker, say
        return
    is_report = read.certain or read.verdict.ask is not None
    if waited_for and (is_report or read.verdict.intent in {"other", "thanks"}):
        report.add(turn, waited_for[0], read)  # what support waited for belongs to that ticket
        return
    if is_report:
        report.take(turn, read)
        return
    by_intent = answers.ANSWERS.get(read.verdict.intent, answers.not_understood)
    (asides.of(turn, read) or by_intent)(turn, read)


def picture(turn: Turn) -> None:
    """Add a picture or file to the open ticket; alone it opens an unclear one."""
    empty = reading.of(turn, "", turn.reported_at)
    if not turn.inbound.attachments:
        answers.empty(turn)
        return
    case = their_ticket.spoken_of(turn)
    if case is None:
        report.take(turn, empty)
    else:
        report.add(turn, case, empty)
    if any(attachment.kind is AttachmentKind.VOICE for attachment in turn.inbound.attachments):
        turn.reply("语音没有转成文字，请再打字说一下什么不正常、影响多少人。")


def _was_asked_to_report(turn: Turn) -> bool:
    since = turn.chat.state.get("reporting")
    return since is not None and turn.now - datetime.fromisoformat(since) <= same_fault.CONVERSATION
