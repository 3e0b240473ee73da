"""A customer's message: a tap, a typed number, a command, or a sentence to be understood."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from bot.desk.case import Case
from bot.desk.terms import Priority
from bot.dialogue import (
    albums,
    amending,
    answers,
    asides,
    asked,
    customer_closing,
    customer_priority,
    joining,
    phones,
    privacy,
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
from bot.messages import AttachmentKind, Forwarded

Handler = Callable[[Turn, Command], None]

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
    "why": answers.why,
    "withdraw": customer_closing.withdraw,
    "withdraw_now": customer_closing.withdraw_now,
    "works": customer_closing.works,
}

# What is no answer to support: it leaves an agreed pause as it is.
QUIET_VERBS = {"privacy", "status", "why", "level", "help", "pause_yes", "join", "keep"}
QUIET_INTENTS = {"thanks", "greeting", "status", "level", "fee"}


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
            if command.verb not in QUIET_VERBS:
                waiting.answered(turn)
            if command.verb != "report" and "fragments" in turn.chat.state:
                turn = turn.remember(fragments=None)  # what came before was another matter
            HANDLERS[command.verb](turn, command)
        else:
            understand(turn)
    except Refused as refusal:
        turn.reply(f"{refusal}\n{their_ticket.hotline(turn)}")
    albums.note(turn)


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
    options = tuple(option for option in quoting.options(turn) if option.verb in HANDLERS)
    if turn.text.isascii() and turn.text.isdigit() and len(turn.text) <= 2:
        number = int(turn.text)
        return of_option(options[number - 1]) if 1 <= number <= len(options) else None
    if named := next((option for option in options if turn.text in (option.label, option.typed)), None):
        return of_option(named)
    return asked.answer_to(options, turn.text) or customer_command(turn.text)


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
    if is_own and not is_clear and (answered := effect_in_words(turn)):
        customer_priority.effect(turn, answered)
        return
    waited_for = [] if _is_quiet(turn, read) else waiting.answered(turn)
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


# Words of courtesy; whoever says more than these has answered, and a pause ends with any answer.
_COURTESY = re.compile(
    r"谢+|感谢|多谢|辛苦|麻烦|不好意思|请|好的?|嗯+|行|可以|收到|明白|知道|没事|没问题|客气|再见|拜拜|ok|thanks?"
    r"|您|你们?|各位|大家|老师|师傅|工程师|了|啦|哈|呀|啊|吧|的|您好|\W",
    re.IGNORECASE,
)


def _is_quiet(turn: Turn, read: reading.Report) -> bool:
    """Tell whether a sentence leaves an agreed pause as it is: courtesy, and questions about the ticket."""
    intent = read.verdict.intent
    return intent in QUIET_INTENTS and (intent != "thanks" or not _COURTESY.sub("", turn.text))


# How people answer 影响多大 in their own words; what is said of a part goes before what is said of all.
_EFFECT_WORDS = (
    (Priority.TWO, re.compile(r"部分|个别|只有|就我|就一个|几个|[一两二三俩]个|一组")),
    (Priority.ONE, re.compile(r"全部|所有|全体|全都|都受影响|都不行|整个|全公司")),
    (Priority.NOT_A_FAULT, re.compile(r"咨询|问一下|问问|不是故障|没有?故障|没有?影响")),
)
_EFFECT_LENGTH = 14


def effect_in_words(turn: Turn) -> Command | None:
    """Return the answer to the open question about the effect, said in a few words; None if it is none."""
    options = turn.desk.messages.last_options(turn.chat.id)
    question = next((option for option in options if option.verb == "effect"), None)
    if question is None or len(turn.text) > _EFFECT_LENGTH or "?" in turn.text or "？" in turn.text:
        return None
    meant = next((view for view, words in _EFFECT_WORDS if words.search(turn.text)), None)
    return Command("effect", question.ticket, str(int(meant))) if meant else None


def picture(turn: Turn) -> None:
    """Add a picture or file to the open ticket; alone it opens an unclear one."""
    empty = reading.of(turn, "", turn.reported_at)
    if not turn.inbound.attachments:
        answers.empty(turn)
        return
    case = recent_case(turn)
    if case is None:
        report.take(turn, empty)
    else:
        report.add(turn, case, empty)
    if any(attachment.kind is AttachmentKind.VOICE for attachment in turn.inbound.attachments):
        turn.reply("语音没有转成文字，请再打字说一下什么不正常、影响多少人。")


def _was_asked_to_report(turn: Turn) -> bool:
    since = turn.chat.state.get("reporting")
    return since is not None and turn.now - datetime.fromisoformat(since) <= answers.CONVERSATION


def recent_case(turn: Turn) -> Case | None:
    """Return the ticket that a supplement belongs to: the one just spoken of, else the chat's only one."""
    cases = [case for case in turn.desk.tickets.live(turn.chat) if case.ticket.is_live]
    return same_fault.current_case(turn, cases, answers.CONVERSATION) or (
        cases[0] if len(cases) == 1 else None
    )
