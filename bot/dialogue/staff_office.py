"""What support asks for that is about no single ticket: lists, codes, chats, the roster, a price, help."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.dialogue import binding, by_phone, cards, duty, joining, price, prompts, staff_actions, staff_outage
from bot.dialogue.commands import STAFF_FORMS, STAFF_HELP, Command
from bot.dialogue.turn import Turn
from bot.errors import Refused, WrongForm

TODO_SHOWN = 15
LONGEST_NUMBER = 18  # digits, of a chat


def todo(turn: Turn, command: Command) -> None:
    """List what is open, unanswered and earliest due first, page by page: 待办 2."""
    _list(turn, command, None, "没有未结的工单。")


def mine(turn: Turn, command: Command) -> None:
    """List what the sender has taken."""
    _list(turn, command, turn.contact.id, "您名下没有未结的工单。")


def _list(turn: Turn, command: Command, assignee: int | None, nothing: str) -> None:
    page = max(int(command.argument), 1) if command.argument.isdecimal() and len(command.argument) < 5 else 1
    cases = turn.desk.tickets.by_due(TODO_SHOWN + 1, assignee, (page - 1) * TODO_SHOWN)
    lines = [cards.todo_line(case, turn.now) for case in cases[:TODO_SHOWN]]
    if len(cases) > TODO_SHOWN:
        lines.append(f"下一页请发：{'待办' if assignee is None else '我的'} {page + 1}")
    turn.reply("\n".join(lines) or nothing)


def code(turn: Turn, command: Command) -> None:
    """Issue a single-use code that binds a chat to a customer."""
    customer = staff_actions.one_customer(turn, command.argument)
    issued = staff_actions.issue_code(turn, customer.id)
    turn.reply(f"{customer.name} 的绑定码：{issued}\n7 天内有效，只能用一次。请客户发送：绑定 {issued}")


def answer_chat(turn: Turn, command: Command) -> None:
    """Answer a customer who has no ticket: 答复 C5 text."""
    place, _, words = command.argument.partition(" ")
    number = _chat_number(place)
    if not words.strip():
        prompts.ask(turn, Command("answer", None, place))
        return
    staff_actions.say_to_chat(turn, number, words.strip())


def unbind(turn: Turn, command: Command) -> None:
    """Take back that a chat is a customer's, such as when a stranger has used the code: 解绑 C5."""
    binding.unbind_chat(turn, _chat_number(command.argument))


def _chat_number(place: str) -> int:
    number = place.strip().removeprefix("C").removeprefix("c")
    if not (number.isascii() and number.isdecimal() and len(number) <= LONGEST_NUMBER):
        raise WrongForm("请写明对话号。")
    return int(number)


def withdraw(_: Turn, command: Command) -> None:
    """Say who withdraws a report, and what support can do instead."""
    n = command.ticket or 12
    raise Refused(
        f"报修只能由客户撤销：请客户在聊天里发“撤销 T{n}”。\n已处理：解决 T{n} 处理结果\n"
        f"不是故障：不是故障 T{n} 原因\n重复的：合并 T{n} 到 T{n - 1 if n > 1 else n + 1}"
    )


def show_help(turn: Turn, _: Command | None = None) -> None:
    """Say which commands there are by what they are for, each in its right form."""
    lines = [
        f"{purpose}：" + " · ".join(STAFF_FORMS[verb].format(n=12) for verb in verbs)
        for purpose, verbs in STAFF_HELP.items()
    ]
    turn.reply("\n".join(["可用命令（T12 换成您的工单号）：", *lines]))


PLAIN: Mapping[str, Callable[[Turn, Command], None]] = {
    "ack_outage": staff_outage.acknowledge,
    "answer": answer_chat,
    "code": code,
    "help": show_help,
    "join": joining.enter,
    "mine": mine,
    "oncall": duty.show,
    "quote": price.price,
    "report_for": by_phone.report_for,
    "swap": duty.swap,
    "todo": todo,
    "unbind": unbind,
    "withdraw": withdraw,
}
