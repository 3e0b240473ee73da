"""Messages made to cost much: one thing said over and over, and salads of the base's own words."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

#: A shorter message is the beginning of the longer one, so that the two can be compared.
LONGEST = 8000

_REPEATED = (
    *("1", "一", "a", "xitong ", "xitongbengle", "，2个坐席登不上", "崩了", "，崩了", "崩了。", "没不"),
    *("系统", "😀", "除了其他都能", "电活打不近来", "十个里有八九个", "请问", "又恢复了", "找个司机来"),
    *("死鸡", "坐席掉限", "、", "的", "不", "如果", "電話", "Ａ", " ", "\n", "系统，", "没有一个", "十几台"),
    "会吗？",
)
#: What comes first, and what is then said over and over: each time it looks back at what was said before.
_LOOKING_BACK = (
    *(("", "除了，其他，"), ("除了", "，其他"), ("", "崩了在哪"), ("", "崩了”那段"), ("把", "崩了改成")),
    *(("如果", "系统就崩了"), ("如果", "，系统就崩了"), ("系统好了", "崩了"), ("系统好了", "，崩了")),
    ("有个座席没声音", "，系统崩了"),
)


def repeated(size: int) -> Iterator[tuple[str, str]]:
    """Yield names and messages that say the same all along, ``size`` characters each."""
    for first, again in [*(("", seed) for seed in _REPEATED), *_LOOKING_BACK]:
        yield f"{first}{again} …", (first + again * size)[:size]


def hostile(terms: Sequence[str], size: int) -> Iterator[tuple[str, str]]:
    """Yield names and messages of ``size`` characters, at most `LONGEST`; the same ones on each call."""
    yield from repeated(size)
    for name, text in _mixed(terms):
        yield name, text[:size]


def _mixed(terms: Sequence[str]) -> Iterator[tuple[str, str]]:
    chance = random.Random(1)
    yield "all terms", "".join(chance.sample(terms, len(terms))) * 2
    yield "slips", "".join(term[:-1] + "某" for term in terms if len(term) > 4) * 4
    yield "random", "".join(chr(chance.randrange(0x4E00, 0x9FA5)) for _ in range(LONGEST))
    for number in range(10):
        yield f"salad {number}", "".join(chance.choices(terms, k=LONGEST))
