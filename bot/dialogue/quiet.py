"""What is no answer to support: it leaves an agreed pause as it is."""

from __future__ import annotations

import re

VERBS = {"which", "privacy", "status", "why", "level", "help", "pause_yes", "join", "keep"}
_INTENTS = {"thanks", "greeting", "status", "level", "fee"}
# Words of courtesy; whoever says more than these has answered, and a pause ends with any answer.
_COURTESY = re.compile(
    r"谢+|感谢|多谢|辛苦|麻烦|不好意思|请|好的?|嗯+|行|可以|收到|明白|知道|没事|没问题|客气|再见|拜拜|ok|thanks?"
    r"|您|你们?|各位|大家|老师|师傅|工程师|了|啦|哈|呀|啊|吧|的|您好|\W",
    re.IGNORECASE,
)


def is_quiet(text: str, intent: str) -> bool:
    """Tell whether a sentence is courtesy or a question about the ticket."""
    return intent in _INTENTS and (intent != "thanks" or not _COURTESY.sub("", text))
