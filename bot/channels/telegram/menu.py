"""The menu of commands that people see in their app; the words do the same."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)

CUSTOMER = (
    ("report", "报修：用一句话描述故障"),
    ("status", "查进度"),
    ("urge", "催单"),
    ("why", "期限是怎么算的"),
    ("level", "我的合同等级"),
    ("bind", "绑定合同：/bind 绑定码"),
    ("human", "转人工"),
    ("privacy", "保存哪些信息，怎么删除"),
    ("help", "帮助"),
)
STAFF = (
    ("todo", "待办：未结工单，按期限"),
    ("mine", "我名下的工单"),
    ("ticket", "看一张工单：/ticket 12"),
    ("files", "看附件：/files 12"),
    ("report_for", "替客户报修：/report_for 客户名 14:05 IVR挂了"),
    ("quote", "算年费：/quote 增强级 交换机 外地 20万"),
    ("oncall", "谁在值班"),
    ("help", "全部命令"),
)


async def publish(bot: Bot, staff_chat: str | None) -> None:
    """Show support its commands in one of its chats; without one show customers theirs everywhere."""
    if staff_chat is not None:
        await bot.set_my_commands(_commands(STAFF), BotCommandScopeChat(staff_chat))
        return
    customer = _commands(CUSTOMER)
    await bot.set_my_commands(customer, BotCommandScopeAllPrivateChats())
    await bot.set_my_commands(customer, BotCommandScopeAllGroupChats())


async def take_away(bot: Bot, chat: str) -> None:
    """Show customers' commands again in a chat that is support's no more."""
    await bot.delete_my_commands(BotCommandScopeChat(chat))


def _commands(menu: Sequence[tuple[str, str]]) -> list[BotCommand]:
    return [BotCommand(name, description) for name, description in menu]
