"""What a message looks like in WeCom: a card with buttons where it can be one, else text in pieces.

The platform's own figures (its page on template cards): a title of 36 characters, six rows of a name of 5 and
a value of 30, a paragraph of 160, six buttons of 10; a text of 2,048 bytes, the rest of which is cut off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.messages import Choice, Outbound
from bot.tencent import text as text_of

TEXT_BYTES = 2048
TITLE = 36
ROWS, ROW_NAME, ROW_VALUE = 6, 5, 30
PARAGRAPH = 160
BUTTONS, BUTTON = 6, 10
CARD = "button_interaction"
NO_BUTTON = "无需操作"  # stands where buttons were
RESTING = "resting"  # key of the button that is left
SOURCE = "服务热线"


def clean(text: str) -> str:
    """Return a text without what the platform would not show as it was written."""
    return text_of.clean(text).replace("\r", "")


def card(message: Outbound, task_id: str) -> dict[str, Any] | None:
    """Return a message as a template card, None where it can't be one: no choices, or too long.

    Args:
        task_id: stays with the card when it is updated.
    """
    return _card(message, task_id) if message.choices else None


def update(message: Outbound, task_id: str) -> dict[str, Any] | None:
    """Return what a card that was sent becomes; without choices its buttons are put to rest."""
    made = _card(message, task_id)
    return made if message.choices else _resting(made, NO_BUTTON)


def rest(message: Outbound, task_id: str, choice: str) -> dict[str, Any] | None:
    """Return what a card becomes that is over with a press: its buttons rest, and can still be typed."""
    pressed = next((one.label for one in message.choices if one.id == choice), "")
    text = f"{message.text}\n{_typed(message.choices)}"
    made = _card(replace(message, text=text, choices=()), task_id)
    made = made or _card(replace(message, choices=()), task_id)  # too long with all that
    return _resting(made, f"已按：{clean(pressed)[:BUTTON]}" if pressed else NO_BUTTON)


def _resting(made: dict[str, Any] | None, label: str) -> dict[str, Any] | None:
    """Return a card with one grey button that can't be pressed; a card of this kind must have some."""
    return made and {**made, "button_list": [{"text": label[:BUTTON], "key": RESTING}], "replace_text": label}


def texts(message: Outbound) -> list[str]:
    """Return a message as texts of at most `TEXT_BYTES` each; choices become what can be typed."""
    typed = _typed(message.choices)
    return text_of.pieces(clean(message.text + (f"\n{typed}" if typed else "")), TEXT_BYTES)


def lines(note: str) -> list[str]:
    """Return what changed, for a card that can't be changed."""
    return text_of.pieces(clean(note), TEXT_BYTES)


def _card(message: Outbound, task_id: str) -> dict[str, Any] | None:
    lines = [line for line in clean(message.text).split("\n") if line.strip()]
    first, *lines = lines or [""]
    title, rest = _title(first)
    rows, others = _sorted(lines)
    if rest:  # the end of a sentence is no row
        others.insert(0, rest)
    if typed := _typed(message.choices[BUTTONS:]):
        others.append(typed)
    paragraph, quote = _split(others)
    if not title and not paragraph:  # one of them must be there
        return None
    made = {
        "card_type": CARD,
        "source": {"desc": SOURCE},
        "task_id": task_id,
        "main_title": {"title": title} if title else None,
        "sub_title_text": paragraph,
        "horizontal_content_list": rows,
        "quote_area": {"type": 0, "quote_text": quote} if quote else None,
        "button_list": [
            {"text": clean(choice.label)[:BUTTON], "key": choice.id} for choice in message.choices[:BUTTONS]
        ],
    }
    filled = {name: value for name, value in made.items() if value}
    return filled if _bytes(filled) <= TEXT_BYTES else None


def _title(first: str) -> tuple[str, str]:
    """Return the first line, or of a long one its first sentences or clause, as the title; and its rest."""
    if len(first) <= TITLE:
        return first, ""
    end = max(first.rfind(mark, 0, TITLE) for mark in "。！？") + 1 or first.rfind("，", 0, TITLE) + 1
    return first[:end], first[end:]


def _sorted(lines: Sequence[str]) -> tuple[list[dict[str, str]], list[str]]:
    """Return the lines with a short name and a short value (客户：青禾) as rows, and the others."""
    rows: list[dict[str, str]] = []
    others: list[str] = []
    for line in lines:
        name, _, value = line.partition("：")
        if len(rows) < ROWS and 0 < len(name) <= ROW_NAME and 0 < len(value) <= ROW_VALUE:
            rows.append({"keyname": name, "value": value})
        else:
            others.append(line)
    return rows, others


def _split(lines: Sequence[str]) -> tuple[str, str]:
    """Return what stands in the paragraph, and what is too long for it and is quoted."""
    paragraph: list[str] = []
    quote: list[str] = []
    for line in lines:
        fits = len("\n".join([*paragraph, line])) <= PARAGRAPH
        (paragraph if fits else quote).append(line)
    return "\n".join(paragraph), "\n".join(quote)


def _typed(choices: Sequence[Choice]) -> str:
    return "可以发：" + " · ".join(choice.typed for choice in choices) if choices else ""


def _bytes(made: Any) -> int:
    """Return how many bytes of text a card holds."""
    if isinstance(made, str):
        return text_of.size(made)
    values = made.values() if isinstance(made, dict) else made if isinstance(made, list) else ()
    return sum(_bytes(value) for value in values)
