"""隐私: what is kept of a customer's people, who sees it, how to have it deleted (contract 5.2)."""

from __future__ import annotations

from bot.dialogue import their_ticket
from bot.dialogue.commands import Command
from bot.dialogue.turn import Turn
from bot.messages import Option

LINES = (
    "保存：您发来的文字和附件、显示的名字、您留的电话、工单的处理记录。",
    "谁能看：只有我方值班和管理人员；别的客户看不到，不给第三方，合同约定长期保密。",
    "多久：工单和报表按合同留存；附件只用于排查故障，工单结束 {days} 天后删除。",
    "要查看、更正或删除，请点“转人工”，管理员会办理并在这里答复。",
)


def privacy(turn: Turn, _: Command) -> None:
    """Say it in a few lines."""
    lines = [line.format(days=turn.office.attachment_days) for line in LINES]
    turn.reply("\n".join([*lines, their_ticket.hotline(turn)]), Option("转人工", "转人工", "human"))
