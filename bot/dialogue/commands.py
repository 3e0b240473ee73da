"""One grammar for taps and typed words: both become a `Command`, which has one handler."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.dialogue.codes import looks_like_code
from bot.messages import Option


@dataclass(frozen=True, slots=True)
class Command:
    """What somebody wants done: a verb, the ticket it is about, and the rest of the line."""

    verb: str
    ticket: int | None = None
    argument: str = ""


CUSTOMER_VERBS: Mapping[str, tuple[str, ...]] = {
    "effect 1": ("全部受影响", "全部都受影响", "全都受影响"),
    "effect 2": ("部分受影响", "一部分受影响"),
    "effect 3": ("只是咨询", "不是故障"),
    "agree": ("同意",),
    "object": ("有异议", "不同意", "异议"),
    "pause_yes": ("同意暂停", "可以暂停"),
    "pause_no": ("不同意暂停", "不暂停"),
    "time_yes": ("同意时间",),
    "time_no": ("不同意时间",),
    "status": ("查进度", "查询进度", "我的工单", "/status"),
    "urge": ("催单", "催一下", "/urge"),
    "withdraw": ("撤销", "撤单", "取消报修"),
    "keep": ("不撤销", "不关闭", "再观察"),
    "close now": ("确定关闭",),
    "why": ("为什么", "为何", "/why"),
    "human": ("转人工", "人工", "人工客服", "/human"),
    "another": ("另一个故障", "另一个问题", "不是同一个问题"),
    "works": ("已恢复", "恢复了"),
    "broken": ("没恢复", "未恢复", "还没恢复", "没有恢复", "还没好", "没好", "还是没好", "还没有好"),
    "close": ("关闭", "结单", "关闭工单"),
    "rate": ("评分",),
    "bind": ("绑定", "/bind", "/start"),
    "join": ("加入", "设为值班群", "/join"),
    "report": ("按故障报修", "报修", "报故障", "/report"),
    "level": ("我的合同", "服务等级", "合同等级", "/level"),
    "privacy": ("隐私", "个人信息", "/privacy"),
    "help": ("帮助", "?", "？", "菜单", "/help"),
}
# A customer's sentence may begin with these words, so that they are commands only when nothing else follows.
_ALONE = {"bind", "rate", "report"}

STAFF_VERBS: Mapping[str, tuple[str, ...]] = {
    "confirm": ("确认", "confirm"),
    "change": ("改级", "改为", "change"),
    "not_a_fault": ("不是故障",),
    "ask": ("问客户", "ask"),
    "claim": ("认领", "接单", "claim"),
    "take_over": ("接手", "takeover"),
    "reply": ("回复客户", "回复", "reply"),
    "answer": ("答复", "answer"),
    "respond": ("电话响应", "响应", "respond"),
    "workaround": ("旁路办法", "旁路", "workaround"),
    "remote_failed": ("不能远程", "转现场", "onsite"),
    "arrive": ("已到场", "到场", "arrived"),
    "act": ("行动", "act"),
    "agree_time": ("约定", "agree"),
    "promise": ("下次进展", "promise"),
    "ack": ("知道了", "ack"),
    "ack_outage": ("知道了故障", "ackall"),
    "pause": ("暂停", "pause"),
    "resume": ("继续", "resume"),
    "merge": ("合并", "merge"),
    "split": ("拆分", "split"),
    "consent": ("客户同意", "consent"),
    "resolve": ("解决", "resolve"),
    "close": ("关闭", "close"),
    "reopen": ("重开", "reopen"),
    "withdraw": ("撤销", "撤单", "withdraw"),
    "bind": ("绑定客户", "绑定", "bind"),
    "unbind": ("解绑", "unbind"),
    "code": ("绑定码", "code"),
    "join": ("加入", "设为值班群", "join"),
    "todo": ("待办", "todo"),
    "mine": ("我的", "mine"),
    "ticket": ("工单", "ticket"),
    "files": ("附件", "files"),
    "report_for": ("代报修", "代客户报修", "report_for"),
    "quote": ("报价", "quote"),
    "oncall": ("值班表", "值班", "oncall"),
    "swap": ("换班", "swap"),
    "help": ("帮助", "help", "?", "？"),
}

# The right form of each staff command, shown filled in when one was wrong.
STAFF_FORMS: Mapping[str, str] = {
    "confirm": "确认 T{n} 1",
    "change": "改级 T{n} 2 原因",
    "not_a_fault": "不是故障 T{n} 原因",
    "ask": "问客户 T{n}",
    "claim": "认领 T{n}",
    "take_over": "接手 T{n}",
    "reply": "回复 T{n} 要说的话",
    "answer": "答复 C{n} 要说的话",
    "respond": "响应 T{n} 14:05 王经理",
    "workaround": "旁路办法 T{n} 步骤",
    "remote_failed": "不能远程 T{n} 原因",
    "arrive": "到场 T{n} 14:05",
    "act": "行动 T{n} 14:05 做了什么",
    "agree_time": "约定 T{n} 响应 15:00 王经理 电话",
    "promise": "下次进展 T{n} 15:00",
    "ack": "知道了 T{n} 响应",
    "ack_outage": "知道了故障 3 响应",
    "pause": "暂停 T{n} 等客户做什么",
    "resume": "继续 T{n}",
    "merge": "合并 T{n} 到 T11",
    "split": "拆分 T{n} 1 原因",
    "consent": "客户同意 T{n} 2 王经理 电话 14:05",
    "resolve": "解决 T{n} 处理结果",
    "close": "关闭 T{n}",
    "reopen": "重开 T{n} 原因",
    "bind": "绑定 T{n} 客户名称或合同号",
    "unbind": "解绑 C{n}",
    "code": "绑定码 客户名称或合同号",
    "join": "加入 加入码",
    "todo": "待办",
    "mine": "我的",
    "ticket": "工单 T{n}",
    "files": "附件 T{n}",
    "report_for": "代报修 客户名称 14:05 客户说的话",
    "quote": "报价 增强级 交换机 外地 20万",
    "oncall": "值班",
    "swap": "换班 李工 王工 11-24",
}

# The commands by what they are for, as support is shown them.
STAFF_HELP: Mapping[str, tuple[str, ...]] = {
    "查看": ("todo", "mine", "ticket", "files"),
    "处理": ("claim", "take_over", "reply", "respond", "workaround", "resolve", "close", "reopen"),
    "优先级": ("confirm", "change", "not_a_fault", "ask", "consent"),
    "现场": ("remote_failed", "arrive", "act"),
    "时间": ("agree_time", "promise", "ack", "ack_outage", "pause", "resume"),
    "归并": ("merge", "split"),
    "客户": ("report_for", "bind", "unbind", "code", "answer", "quote"),
    "值班": ("oncall", "swap", "join"),
}


def of_option(option: Option) -> Command:
    """Return the command that a tapped choice stands for."""
    return Command(option.verb, option.ticket, option.argument)


_WITH_CODE = {"bind", "join"}
_GAP = " :：,，\t\n\u3000"
_ENDING = re.compile(r"[\s。.!！~～,，]+$")
_TICKET = re.compile(r"^[\s:：,，#]*[Tt][\s-]*(\d{1,12})(?!\d)[\s:：,，]*")
_BARE_NUMBER = re.compile(r"^[\s:：,，#]*(\d{1,12})(?!\d)(?![:：.]\d)[\s:：,，]*")


def customer_command(text: str) -> Command | None:
    """Return the command that a customer typed, None for an ordinary sentence.

    A ticket's number alone asks how it stands. A verb counts only when it is the whole message, but for a
    ticket's number (查进度 T12) and for the verbs that carry something: 绑定 CODE, 评分 5, 报修 text.
    """
    words = _ENDING.sub("", text.strip())
    ticket, rest = _take_ticket(words, _TICKET)
    if ticket is not None and not rest:
        return Command("status", ticket)
    for meaning, names in CUSTOMER_VERBS.items():
        verb, _, argument = meaning.partition(" ")
        for name in names:
            if not words.lower().startswith(name):
                continue
            rest = words[len(name) :]
            if verb in _WITH_CODE and looks_like_code(rest.strip(_GAP)):
                return Command(verb, None, rest.strip(_GAP))
            if verb == "join":
                continue  # a sentence: 加入 黑名单 不生效
            if verb in _ALONE and (not rest or rest[0] in _GAP or verb == "rate"):
                return Command(verb, None, rest.strip(_GAP))
            ticket, rest = _take_ticket(rest, _TICKET)
            if ticket is None and name.startswith("/"):  # /urge 12 can mean nothing else
                ticket, rest = _take_ticket(rest, _BARE_NUMBER)
            if not rest.strip():
                return Command(verb, ticket, argument)
    return None


_WITHOUT_TICKET = {
    "ack_outage",
    "report_for",
    "quote",
    "code",
    "todo",
    "mine",
    "help",
    "answer",
    "unbind",
    "oncall",
    "swap",
}
_AFTER_VERB = " \t\n:：,，#Tt0123456789"
_STAFF_NAMES = sorted(
    ((name, verb) for verb, names in STAFF_VERBS.items() for name in names), key=lambda pair: -len(pair[0])
)


def staff_command(text: str) -> Command | None:
    """Return the command that a member of staff typed, None for an ordinary sentence.

    ``确认T12 1``, ``确认 12 1`` and ``/confirm 12 1`` are the same.
    """
    words = text.strip().removeprefix("/")
    number, more = _take_ticket(_ENDING.sub("", words), _TICKET)
    if number is not None and not more:
        return Command("ticket", number)  # a ticket's number alone shows its card
    for name, verb in _STAFF_NAMES:
        if not words.lower().startswith(name):
            continue
        rest = words[len(name) :]
        if verb == "join" and rest:  # the code may begin like a ticket's number
            if looks_like_code(rest.strip(_GAP)):
                return Command(verb, None, rest.strip(_GAP))
            continue
        if rest and rest[0] not in _AFTER_VERB:
            continue  # a sentence that only begins like the verb: 解决了吗
        numbered = None if verb in _WITHOUT_TICKET else _BARE_NUMBER
        ticket, rest = _take_ticket(rest, _TICKET)
        if ticket is None and numbered is not None:
            ticket, rest = _take_ticket(rest, numbered)
        return Command(verb, ticket, rest.strip())
    return None


def _take_ticket(rest: str, pattern: re.Pattern[str]) -> tuple[int | None, str]:
    match = pattern.match(rest)
    return (int(match[1]), rest[match.end() :]) if match else (None, rest)
