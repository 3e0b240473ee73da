"""Counts and shares: 十个里有八九个 is most, 两个坐席 is some, 三十几个人 is many.

No library is safe here (一直 is no number), so this is a small parser: number, classifier, noun.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from intents.marks import ANY, COUNTED, DIGIT, KINDS, NOT, NUMERAL, SHARE, WHOLE, near, places


def _one_of(words: str) -> str:
    """Return a pattern of alternatives that looks at the next character before it tries them all."""
    return f"(?:(?=[{''.join(sorted({word[0] for word in words.split('|')}))}])(?:{words}))"


_NUM: Final = (
    r"(?:\d{1,6}|[一二两三四五六七八九十百千几俩仨半]{1,6})"  # bounded: a run of 4,000 digits is no number
)
_CLASS: Final = r"(?:多|来|几)?(?:个|名|位|台|部|路|条|通|只|张|家|间|处|号)?"
_WHO: Final = _one_of(
    "坐席|座席|客服|同事|话机|电脑|机器|分机|用户|客户|员工|终端|中继|线路|话务员|接线员|工位|姑娘|兄弟|网点|分公司|"
    "技能组|队列|人|台|部|位|名|路|号机|号台|号人|号线|端口|通道|座机|节点|磁盘|硬盘|电源|风扇|模块|板卡|实例|进程|省|地市|县|科室|窗口|号码|"
    "席位|座位|位子|席|工作站|职场|厂区|厅|楼层|层楼|校区|网关|外线|内线|机柜|服务器|交换机|软电话|耳机|屏"
)
_RATIO: Final = re.compile(
    rf"({_NUM}){_CLASS}{_WHO}?次?(?:里|中|当中|之中|里面|里头|有|只有|才|能|掉|断|丢|坏|挂|失败|打不通|只剩|就剩|剩)[了得就只有能才剩]*({_NUM})({_NUM})?{_CLASS}"
)
_COUNT: Final = re.compile(
    rf"({_NUM})(多|来|几)?(?:个|名|位|台|部|路|条|家|只|间)?{_WHO}(?!次|点|分|月|天|遍|报|写)"
)
_SHARE: Final = re.compile(
    rf"({_NUM}|\d+(?:\.\d+)?)(?:成|%)(?:多|以上)?的?(?:{_WHO}|电话|通话|呼叫|来电|录音)"
)
_FRACTION: Final = re.compile(rf"({_NUM})分之({_NUM})(?:多|以上|左右)?的?(?:{_WHO}|电话|通话|呼叫|来电|录音)")
_NAMED: Final = re.compile(
    r"(?=[\d分工坐座机话ea])(?:"
    r"(?:分机|工号|坐席|座席|机位|工位|话机|\bext(?:ension)?\.?|\bagent)号?[是为]?\s?\d{1,6}|\d{1,6}号?(?:分机|坐席|座席|工位|台|机|座|话机|线))"
)
#: Not one of them: 一个都分不到, 没剩一条好的; and all that were counted: 四台全离线.
_ONE: Final = r"(?:一|半)(?:个|条|通|台|部|路|位|名|家|只|间|张|笔)"
_NONE: Final = re.compile(
    rf"{_ONE}[^，。,！!？?；;\s]{{0,5}}[都也](?:没|不|无|未|冇|打|分|接|登|进|拨|听|连|派|上|录|出|导|收|建|拿|找|看|响|亮|存|弹|呼|转)"
    rf"|(?:没|没有|冇|无|木有)(?:剩|剩下|接到|接进来|进来|打进来|回来|录到|分到|收到|留下)?{_ONE}"
)
#: What is left that works: 能用的就剩四个, 只有三个还能接, 能接的不到一成.
_GOOD: Final = r"(?:(?:能|可以)(?:用|接|登|打|进|上|通|拨|听|干活|签入|工作)|在线|正常|好的?|活着?|通)"
_LEFT: Final = re.compile(
    rf"{_GOOD}[^，。,]{{0,2}}的?(?:数了数)?[，,]?(?:总共|一共)?(?:就|只|才|仅)?(?:剩|剩下|有|不到|不足|不超过){{1,2}}了?{_NUM}{_CLASS}"
    rf"|(?:只|就|才|仅|只剩|就剩|剩下)(?:有|剩|下|能有){{0,2}}(?:不到)?{_NUM}{_CLASS}{_WHO}?(?:还|勉强|才)?(?:是)?{_GOOD}"
)
_ALL_OF: Final = re.compile(
    rf"([二两三四五六七八九十几\d]{{1,3}})(?:个|台|条|路|部|块|间)(?:{_WHO})?(?:就)?(?:全|都全|一起全)"
)
#: Cheap looks before the patterns: a number at all, and soon after it (or a name before it) what is counted.
_NUMERAL: Final = f"[{KINDS[NUMERAL]}]"
_JUST_ONE: Final = re.compile(_ONE)
#: What stands right before a number that says what is left.
_REST: Final = re.compile("[就只才仅剩下有到足过了]" + _NUMERAL)
_NAMES: Final = _one_of(r"节点|通道|端口|分机|工号|坐席|座席|机位|工位|话机|ext\.?|extension|agent")
#: How far behind its number what is counted begins.
_SOON: Final = 4
_NUMBERED: Final = re.compile(rf"{_NAMES}号?[是为]?\s?[0-9]")
#: How far before its number the name of what is counted may begin.
_NAME: Final = 12

_UNITS: Final = {"十": 10, "百": 100, "千": 1000}
_DIGITS: Final = {char: value for value, char in enumerate("零一二三四五六七八九")} | {
    "两": 2,
    "几": 4,
    "俩": 2,
    "仨": 3,
}

#: Up to so many, without a total, is some (labelling rule of the desk; contract 2.1 P2 (A) 'some agents').
FEW: Final = 5


class Quantity(NamedTuple):
    """A span that says how many: ``all``, ``many``, ``some`` or ``one`` are met; ``none`` of them works."""

    start: int
    end: int
    scope: str


def number(text: str) -> float:
    """Return the value of digits or of a Chinese numeral; 八九 is 8, 几 is 4, 半 is a half."""
    if text.isdecimal():
        return float(text[:12])
    if text == "半":
        return 0.5
    total, digit = 0, 0
    for char in text:
        if char in _UNITS:
            total += (digit or 1) * _UNITS[char]
            digit = 0
        elif char in _DIGITS:
            digit = digit or _DIGITS[char]
    return float(total + digit)


def find(text: str, marks: int = ANY) -> list[Quantity]:
    """Return what the normalised text counts, in order; overlapping spans keep the first pattern's.

    Args:
        marks: what kinds of characters it may hold.
    """
    if not marks & NUMERAL or not marks & (COUNTED | DIGIT):
        return []
    numbers = places(text, NUMERAL)
    if not numbers or not (
        near(text, numbers, _SOON, COUNTED) or (marks & DIGIT and _numbered(text, numbers[0]))
    ):
        return []
    found = _all(text, numbers, marks)
    if not found:
        return []
    kept: list[Quantity] = []
    taken = bytearray(len(text))
    for quantity in found:
        if quantity and not any(taken[quantity.start : quantity.end]):
            taken[quantity.start : quantity.end] = b"\1" * (quantity.end - quantity.start)
            kept.append(quantity)
    return kept


def _numbered(text: str, first: int) -> bool:
    """Return whether a name stands before digits, of which none come before ``first``: 分机 8001."""
    return bool(_NUMBERED.search(text, max(0, first - _NAME)))


def _all(text: str, numbers: list[int], marks: int) -> list[Quantity | None]:
    """Return what the patterns find; ``numbers`` are the places of digits and numerals."""
    found: list[Quantity | None] = []
    if marks & NOT and _JUST_ONE.search(text, numbers[0]):
        found += [Quantity(*match.span(), "none") for match in _NONE.finditer(text)]
    if _REST.search(text):
        found += [Quantity(*match.span(), "none") for match in _LEFT.finditer(text)]
    if len(numbers) > 1:
        found += [_ratio(match) for match in _at(_RATIO, text, numbers)]
    if marks & WHOLE:
        found += [Quantity(*match.span(), "none") for match in _at(_ALL_OF, text, numbers)]
    if marks & SHARE:
        found += [_share(match) for match in _at(_SHARE, text, numbers)]
        found += [_fraction(match) for match in _at(_FRACTION, text, numbers)]
    if marks & DIGIT:
        found += [Quantity(*match.span(), "one") for match in _NAMED.finditer(text)]
    found += [_count(match) for match in _at(_COUNT, text, numbers)]
    return found


def _at(pattern: re.Pattern[str], text: str, places: list[int]) -> list[re.Match[str]]:
    """Return what ``finditer`` would, of a pattern that begins with a number: at its places only."""
    found: list[re.Match[str]] = []
    end = 0
    for place in places:
        if place >= end and (match := pattern.match(text, place)):
            found.append(match)
            end = match.end()
    return found


def _ratio(match: re.Match[str]) -> Quantity | None:
    whole, part = number(match[1]), number(match[2])
    if not whole >= 2 or not 0 < part <= whole or "能" in match[0] or "才" in match[0]:
        return None
    if "剩" in match[0]:  # what is left works
        return Quantity(*match.span(), "some" if part / whole > 0.5 else "none")
    return Quantity(*match.span(), "all" if part / whole >= 0.5 else "some")


def _share(match: re.Match[str]) -> Quantity:
    value = (
        number(match[1]) * (10 if "成" in match[0] else 1) if match[1].isdecimal() else number(match[1]) * 10
    )
    return Quantity(*match.span(), "all" if value >= 50 else "some")


def _fraction(match: re.Match[str]) -> Quantity | None:
    whole, part = number(match[1]), number(match[2])
    return Quantity(*match.span(), "all" if part / whole >= 0.5 else "some") if whole else None


def _count(match: re.Match[str]) -> Quantity:
    value = number(match[1]) + (1 if match[2] and number(match[1]) >= 10 else 0)
    return Quantity(*match.span(), "some" if value <= FEW else "many")
