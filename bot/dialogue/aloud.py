"""What is read to a customer on the telephone: no words of buttons, and how their answer is recorded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from bot.desk.calendar import SHANGHAI
from bot.desk.sla import ClockName
from bot.dialogue.clock_words import NAMES
from bot.messages import Option

_SENTENCE = re.compile(r"[^。？！\n]+[。？！\n]*|\n")
# Nobody taps, types or rates on the telephone, and who is called need not be told the number.
_ON_SCREEN = re.compile(r"请?点“|点一下|回复“|回复数字|发送?“|打分|^24 小时服务热线")
_QUESTIONS: Mapping[str, str] = {
    "effect": "请问是全部座席受影响、部分座席受影响，还是只是咨询？",
    "object": "如不同意请告诉我们。",
    "human": "如不符请告诉我们。",
    "time_no": "如不符请告诉我们。",
    "rate": "没恢复请再来电。",
}
_ASKED_IN_WORDS = frozenset({"agree", "time_yes", "works"})  # the text itself asks


def aloud(text: str, options: Sequence[Option] = ()) -> str:
    """Return a text for a chat as it is said on the telephone, with its choices as a question."""
    said = "".join(part for part in _SENTENCE.findall(text) if not _ON_SCREEN.search(part)).strip()
    verbs = dict.fromkeys(option.verb for option in options)
    if _ASKED_IN_WORDS & verbs.keys() and "吗" in said:
        return said
    question = next((_QUESTIONS[verb] for verb in verbs if verb in _QUESTIONS), "")
    return f"{said}\n{question}".strip()


def how_to_record(number: str, options: Sequence[Option]) -> str:
    """Return how support records what the customer answers; empty where nothing was asked."""
    return next(_forms(number, options), "")


def _forms(number: str, options: Sequence[Option]) -> Iterator[str]:
    for option in options:
        if option.verb in ("effect", "agree", "object"):
            priority = option.argument if option.verb == "agree" and option.argument in ("1", "2") else "1"
            yield f"客户的判断请主管记录：客户同意 {number} {priority} 王经理 电话 14:05"
        elif option.verb == "time_yes":
            clock, _, until = option.argument.partition(" ")
            at = datetime.fromisoformat(until).astimezone(SHANGHAI)
            when = f"{at.month}月{at.day}日 {at:%H:%M}"
            yield f"客户同意了请记录：约定 {number} {NAMES[ClockName(clock)]} {when} 王经理 电话"
        elif option.verb == "works":
            yield f"恢复了请发：关闭 {number}；没恢复请发：重开 {number} 原因"
