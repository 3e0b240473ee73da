"""Support's messages: a tap on a card or a typed command, checked for the role at every one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bot.desk.case import Case
from bot.dialogue import (
    asides,
    files,
    joining,
    offers,
    prompts,
    quoting,
    reopening,
    staff_actions,
    staff_gone,
    staff_merge,
    staff_office,
    staff_onsite,
    staff_pause,
    staff_priority,
    staff_times,
)
from bot.dialogue.commands import STAFF_FORMS, Command, of_option, staff_command
from bot.dialogue.turn import Turn, says_something
from bot.errors import Refused, WrongForm
from bot.messages import Option

Handler = Callable[[Turn, Case, str], None]
FORWARDED = (
    "转发的内容我只看，不会执行，也不会发给客户。要替客户报修请发："
    + STAFF_FORMS["report_for"]
    + "；要回复客户请自己打字。"
)
LONGEST_TEXT = 1500  # characters; the platforms take no more than some 2,000 a message

# What is done to one ticket.
ON_TICKET: Mapping[str, Handler] = {
    "ack": staff_times.acknowledge,
    "act": staff_onsite.act,
    "agree_time": staff_times.agree_time,
    "arrive": staff_onsite.arrive,
    "ask": staff_priority.ask,
    "bind": staff_actions.bind,
    "change": staff_priority.change,
    "claim": staff_actions.claim,
    "close": staff_actions.close,
    "confirm": staff_priority.confirm,
    "consent": staff_priority.consent,
    "files": files.show,
    "merge": staff_merge.merge,
    "not_a_fault": staff_priority.not_a_fault,
    "pause": staff_pause.pause,
    "promise": staff_times.promise,
    "remote_failed": staff_onsite.remote_failed,
    "reopen": reopening.by_staff,
    "reply": staff_actions.reply,
    "resolve": staff_actions.resolve,
    "respond": staff_actions.respond,
    "resume": staff_pause.resume,
    "split": staff_merge.split,
    "take_over": staff_actions.take_over,
    "ticket": staff_actions.show,
    "workaround": staff_actions.workaround,
}


def answer(turn: Turn) -> None:
    """Answer a message in a staff chat."""
    turn = staff_gone.is_here(turn)
    if not turn.contact.is_staff:
        if turn.inbound.choice is not None or turn.inbound.addressed:
            turn.reply(f"只有值班人员可以操作。{_what_helps(turn)}")
        return
    if not _is_among_ourselves(turn):
        if turn.inbound.addressed or turn.inbound.choice is not None:
            turn.reply("请在值班群里操作。")
        return
    if turn.inbound.forwarded is not None and asides.code_in(turn) is None:
        if turn.inbound.addressed:
            turn.reply(FORWARDED)
        return
    _obey(turn)


def _what_helps(turn: Turn) -> str:
    """Return what somebody can do whom we don't know: who writes as the group itself can't be anybody."""
    is_anonymous = turn.inbound.is_group and turn.inbound.sender.user == turn.inbound.address.chat
    return "请先关闭群里的匿名发言，再操作。" if is_anonymous else "请让管理员为您登记。"


def _obey(turn: Turn) -> None:
    """Do what was tapped or typed, or say why not."""
    command: Command | None = None
    try:
        turn, command = _command(turn)
        if turn.text == prompts.CANCEL and turn.inbound.choice is None and turn.inbound.addressed:
            turn.reply("好的，已取消。")
        elif command is None and (offered := _offered(turn)):
            _take(turn, offered)
        elif command is None:
            if turn.inbound.addressed and (turn.inbound.attachments or says_something(turn.text)):
                staff_office.show_help(turn)
        else:
            _do(turn, command)
    except WrongForm as refusal:
        turn.reply(str(refusal) + _form(command))
    except Refused as refusal:
        turn.reply(str(refusal))


def _is_among_ourselves(turn: Turn) -> bool:
    """Whether only staff read here; what support is told is not for a customer's chat (contract 5.2).

    A group is ours only once it was made the staff chat; 设为值班群 CODE is all that is heard before.
    """
    if turn.chat.kind == "staff":
        return True
    command = staff_command(turn.text) if turn.inbound.choice is None else None
    joins = command is not None and staff_office.PLAIN.get(command.verb) is joining.enter
    return turn.chat.customer_id is None and (turn.chat.kind == "private" or joins)


def _command(turn: Turn) -> tuple[Turn, Command | None]:
    """Return what is to be done, and the turn that knows which prompt that answers."""
    if turn.inbound.choice is not None:
        option = turn.desk.messages.option(turn.inbound.choice, turn.chat.id)
        if option is None:
            raise Refused("这个按钮已过期，请看最新的卡片，或发“待办”。")
        return prompts.leave(turn), of_option(option)
    typed, answered = staff_command(turn.text), quoting.quoted(turn)
    if turn.inbound.is_correction:
        if typed is None and not turn.inbound.addressed:
            return turn, None
        raise Refused("改过的消息不会再执行，请重新发一条。")
    if typed is not None and typed.verb == "ack" and typed.ticket is None and answered is None:
        typed = _rung(turn)
    if typed is not None:
        return prompts.leave(turn), quoting.about(turn, typed, answered)
    turn, completed = prompts.complete(turn, answered)
    if completed is None and answered is not None and turn.inbound.attachments:
        raise Refused(prompts.NO_FILES)
    return turn, completed or quoting.about(turn, None, answered)


def _offered(turn: Turn) -> list[Option]:
    """Return what a typed number can mean of what the sender was shown since they wrote; in groups nothing.

    A question that they have spoken past is not answered any more: a number may be meant for anything.
    """
    if turn.chat.kind != "private" or offers.number_in(turn.text) is None:
        return []
    return offers.meant(turn.desk.messages.questions(turn.inbox_id), turn.text)


def _take(turn: Turn, offered: Sequence[Option]) -> None:
    if len(offered) > 1:
        offers.ask_which(turn, offered)
    else:
        _do(turn, of_option(offered[0]))


def _rung(turn: Turn) -> Command | None:
    """知道了 by itself is about the alarm that was just heard; without one it is only a word."""
    newest = next(iter(turn.desk.messages.questions(turn.inbox_id, before=quoting.REMEMBERED)), ())
    return next((of_option(option) for option in newest if option.verb in {"ack", "ack_outage"}), None)


def _do(turn: Turn, command: Command) -> None:
    if len(command.argument) > LONGEST_TEXT:
        raise Refused(
            f"内容太长（{len(command.argument)} 字），没有发出。请分几条发，每条不超过 {LONGEST_TEXT} 字。"
        )
    if command.verb in staff_office.PLAIN:
        staff_office.PLAIN[command.verb](turn, command)
        return
    case = turn.desk.tickets.get(command.ticket) if command.ticket is not None else None
    if case is None:
        if command.ticket is None:
            raise WrongForm("请写明工单号。")
        raise Refused(f"没有工单 T{command.ticket}。发“待办”可以看到未结的工单。")
    if command.verb not in ON_TICKET:  # a button from when they were a customer
        raise Refused("这个按钮是给客户用的。请在工单卡片上操作。")
    if command.verb in prompts.ASKED and not command.argument:
        prompts.ask(turn, command)
        return
    ON_TICKET[command.verb](turn, case, command.argument)


def _form(command: Command | None) -> str:
    form = STAFF_FORMS.get(command.verb) if command else None
    return f"\n正确写法：{form.format(n=(command and command.ticket) or 12)}" if form else ""
