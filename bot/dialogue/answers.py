"""Answers to what is no fault report: each intent gets its own, and always a way out of a wrong verdict."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from bot.desk.case import Case
from bot.dialogue import (
    choices,
    contract_words,
    customer_closing,
    customer_priority,
    reading,
    replies,
    report,
    same_fault,
    services,
    their_ticket,
    urging,
)
from bot.dialogue.commands import Command
from bot.dialogue.passing_on import pass_on, terms_of, way_out
from bot.dialogue.their_ticket import hotline, spoken_of
from bot.dialogue.turn import Turn
from bot.dialogue.why import why as receipt
from bot.messages import Option

STATUS_SHOWN = 4
_WHEN_MENDED = re.compile(r"(多久|多长时间|几点|什么时候|啥时候|何时).{0,4}(修|弄|搞|好|恢复|解决)")
NOTHING = Command("")
USUAL = (
    Option("查进度", "查进度", "status"),
    Option("我的合同", "我的合同", "level"),
    Option("转人工", "转人工", "human"),
)

Answer = Callable[[Turn, reading.Report], None]


def status(turn: Turn, command: Command) -> None:
    """Say how the customer's tickets stand."""
    if command.ticket is not None:
        cases = [their_ticket.ticket_of(turn, command)]
    else:
        cases = turn.desk.tickets.live(turn.chat)
    if cases:
        lines = [replies.status_line(case, turn.now) for case in cases[:STATUS_SHOWN]]
        if len(cases) > STATUS_SHOWN:
            lines.append(f"另有 {len(cases) - STATUS_SHOWN} 张未结工单。")
        number = cases[0].ticket.id
        options = [Option("为什么", "为什么", "why", number)]
        if cases[0].ticket.closed_at is None:
            options.insert(0, Option("催单", "催单", "urge", number))
        if replies.is_settled_no_fault(cases[0]):
            options = list(choices.settled_options(number))
        if cases[0].ticket.is_live and _WHEN_MENDED.search(turn.text):
            lines.append("修好的时间要等工程师查明才知道，有进展马上告诉您。")
        turn.reply("\n".join([*lines, hotline(turn)]), *options, ticket=number)
        return
    recent = turn.desk.tickets.recent(turn.chat, 1)
    last = f"最近一张：{replies.status_line(recent[0], turn.now)}。\n" if recent else ""
    turn.reply(f"您没有未结的工单。{last}要报修，直接用一句话描述故障。\n{hotline(turn)}")


def why(turn: Turn, command: Command) -> None:
    """Say how the deadline was counted."""
    case = their_ticket.ticket_of(turn, command, closed=True)
    turn.reply(receipt(case, turn.now, turn.office.hotline), ticket=case.ticket.id)


def level(turn: Turn, _: Command) -> None:
    """Say what the customer's contract gives."""
    terms = terms_of(turn)
    if terms is None:
        turn.reply(f"这个聊天还没有绑定合同。\n{replies.BIND_HELP}\n{hotline(turn)}")
    else:
        turn.reply(f"{contract_words.level(terms, turn.now)}\n{hotline(turn)}")


def help_(turn: Turn, _: Command) -> None:
    """Say what can be done here."""
    turn.reply(
        "\n".join(
            [
                "报修：直接用一句话描述故障，例如“IVR 打不进来，全部受影响”，也可以发图片。",
                "工单：查进度 · 催单 · 撤销 · 为什么 · 关闭",
                "其他：我的合同 · 绑定 绑定码 · 转人工 · 隐私",
                hotline(turn),
            ]
        ),
        *USUAL,
    )


def human(turn: Turn, _: Command) -> None:
    """Give a person's name or the hotline at once, and tell support."""
    cases = turn.desk.tickets.live(turn.chat)
    case = same_fault.current_case(turn, cases, same_fault.CONVERSATION) or (cases[0] if cases else None)
    if case and case.ticket.assignee:
        who = f"工单 {case.number} 由{case.ticket.assignee[1]}负责，已请他马上联系您。"
    else:
        who = "已请值班工程师马上联系您。"
    turn.reply(f"{who}\n也可以直接打电话，全天有人接听：{' / '.join(turn.office.hotline)}")
    pass_on(turn, "要求人工" + (f"（{case.number}）" if case else ""), case.ticket.id if case else None)


# --- answers to sentences


def greeting(turn: Turn, _: reading.Report) -> None:
    """Greet, and say how to report."""
    turn.reply(
        "您好，这里是 BasicCall 维护热线。\n请直接用一句话描述故障：哪里、什么现象、影响全部还是部分坐席。\n"
        + hotline(turn),
        Option("查进度", "查进度", "status"),
        Option("转人工", "转人工", "human"),
    )


def thanks(turn: Turn, _: reading.Report) -> None:
    """Answer thanks; nothing is reopened, restarted or classified anew."""
    turn.reply(f"不客气。有问题随时用一句话告诉我，或拨打 {turn.office.hotline[0]}。")


def howto(turn: Turn, _: reading.Report) -> None:
    """Pass a question on to a person."""
    turn.reply(
        f"这是使用咨询，已转给工程师，会在这里答复您。\n如果是故障，请点“按故障报修”。\n{hotline(turn)}",
        way_out(turn),
        Option("转人工", "转人工", "human"),
    )
    pass_on(turn, "咨询")


def ask_status(turn: Turn, _: reading.Report) -> None:
    """The customer asks how it stands."""
    status(turn, NOTHING)


def ask_urge(turn: Turn, _: reading.Report) -> None:
    """The customer urges; with nothing open they are asked what it is about."""
    if turn.desk.tickets.live(turn.chat):
        urging.urge(turn, NOTHING)
    else:
        turn.reply(
            f"您没有未结的工单。如果是新的故障，请点“按故障报修”，或直接拨打热线。\n{hotline(turn)}",
            way_out(turn),
        )


def supplement(turn: Turn, read: reading.Report) -> None:
    """Add details to the ticket that is spoken of; without one they may begin a report."""
    if case := spoken_of(turn):
        report.add(turn, case, read)
    else:
        not_understood(turn, read, "您没有处理中的工单，这条已转给值班工程师。")


def recovered(turn: Turn, _: reading.Report) -> None:
    """It works again: with an open ticket ask whether to close, else be glad."""
    if turn.desk.tickets.live(turn.chat):
        customer_closing.works(turn, NOTHING)
    else:
        turn.reply(f"好的，恢复就好。再有问题随时告诉我。\n{hotline(turn)}", way_out(turn))


def objection(turn: Turn, read: reading.Report) -> None:
    """The customer objects to a priority or a verdict."""
    if turn.desk.tickets.live(turn.chat):
        customer_priority.object_(turn, NOTHING)
    else:
        not_understood(turn, read, "您没有未结的工单，没有可改的优先级；这条已转给值班工程师。")


def ask_human(turn: Turn, _: reading.Report) -> None:
    """The customer wants a person."""
    human(turn, NOTHING)


def ask_level(turn: Turn, _: reading.Report) -> None:
    """The customer asks for their level."""
    level(turn, NOTHING)


def complaint(turn: Turn, _: reading.Report) -> None:
    """A complaint goes to a person at once."""
    turn.reply(
        f"已转给主管，会与您联系。\n也可以直接拨打：{' / '.join(turn.office.hotline)}（24 小时）\n"
        "如果有故障还没处理，请点“按故障报修”。",
        way_out(turn),
    )
    pass_on(turn, "投诉")


def not_understood(turn: Turn, read: reading.Report, said: str = "") -> None:
    """Nothing ends in silence: a person sees it, and asked twice the answer is more concrete.

    What follows an engineer's words about a ticket belongs to that.

    Args:
        said: what is known of it all the same, and that a person has it.
    """
    if case := _spoken_with(turn):
        report.add(turn, case, read)
        return
    turn = reading.keep_fragment(turn)
    missed = int(turn.chat.state.get("missed", 0)) + (not said)
    turn.remember(missed=missed)
    if said:
        text = f"{said}如果是故障，请点“按故障报修”。"
    elif missed == 1:
        text = "已转给值班工程师。如果是故障，请点“按故障报修”，或说一下：哪里、什么现象、影响多少坐席。"
    else:
        text = (
            f"已再次转给值班工程师，会在这里回复您。着急请直接拨打 {turn.office.hotline[0]}；"
            "是故障就点“按故障报修”。"
        )
    turn.reply(f"{text}\n{hotline(turn)}", way_out(turn), Option("转人工", "转人工", "human"))
    pass_on(turn, "留言")


def _spoken_with(turn: Turn) -> Case | None:
    """Return the open ticket about which this chat has just heard from an engineer."""
    heard = [
        (at, case)
        for case in turn.desk.tickets.live(turn.chat)
        if (at := case.ticket.updated_at) and case.ticket.is_live and turn.now - at <= same_fault.CONVERSATION
    ]
    here = [pair for pair in heard if turn.chat.id in turn.desk.tickets.watchers(pair[1])]
    return max(here, key=lambda pair: pair[0])[1] if here else None


def empty(turn: Turn) -> None:
    """An empty message gets a helpful sentence."""
    turn.reply(f"没有看到内容，请用一句话描述故障，也可以发图片。\n{hotline(turn)}")


ANSWERS: Mapping[str, Answer] = {
    "greeting": greeting,
    "thanks": thanks,
    "howto": howto,
    "status": ask_status,
    "urge": ask_urge,
    "supplement": supplement,
    "recovered": recovered,
    "object": objection,
    "fee": services.fee,
    "level": ask_level,
    "complaint": complaint,
    "human": ask_human,
    "other": not_understood,
    **dict.fromkeys(services.SERVICES, services.service),
}
