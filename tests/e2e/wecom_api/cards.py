"""What WeCom takes for a `button_interaction` card; everything else is refused."""

from __future__ import annotations

import re
from typing import Any

TASK = re.compile(r"[0-9A-Za-z_@-]{1,128}", re.ASCII)
FIELDS = {
    "card_type",
    "source",
    "task_id",
    "main_title",
    "sub_title_text",
    "quote_area",
    "horizontal_content_list",
    "button_list",
    "replace_text",
}
ADVICE = {"title": 36, "sub_title_text": 160, "keyname": 5, "value": 30, "text": 10}


def faults(card: Any, *, is_update: bool) -> list[str]:
    """Return what is wrong with a card; what the platform only advises against is wrong here, too."""
    if not isinstance(card, dict):
        return ["no object"]
    found = [f"unknown {name}" for name in sorted(set(card) - FIELDS)]
    found += ["card_type"] if card.get("card_type") != "button_interaction" else []
    found += ["task_id"] if not _is_text(card.get("task_id")) or not TASK.fullmatch(card["task_id"]) else []
    title = card.get("main_title", {}).get("title", "")
    if not title and not card.get("sub_title_text"):
        found.append("neither title nor text")
    found += _buttons(card)
    found += ["replace_text is for updates"] if card.get("replace_text") and not is_update else []
    found += _rows(card.get("horizontal_content_list", []))
    found += _long("title", title) + _long("sub_title_text", card.get("sub_title_text", ""))
    return found + [f"control character {c!r}" for c in sorted(set("".join(_texts(card)))) if _is_control(c)]


def _buttons(card: dict[str, Any]) -> list[str]:
    buttons = card.get("button_list", [])
    if not buttons:  # required in an update, too
        return ["no buttons"]
    found = ["more than 6 buttons"] if len(buttons) > 6 else []
    keys = [button.get("key", "") for button in buttons]
    found += ["keys repeat"] if len(set(keys)) < len(keys) else []
    for button in buttons:
        found += ["key"] if not 0 < len(button.get("key", "").encode()) <= 1024 else []
        found += ["no label"] if not button.get("text") else _long("text", button["text"])
    return found


def _rows(rows: Any) -> list[str]:
    found = ["more than 6 rows"] if len(rows) > 6 else []
    for row in rows:
        found += ["no keyname"] if not row.get("keyname") else []
        found += _long("keyname", row.get("keyname", "")) + _long("value", row.get("value", ""))
    return found


def _long(name: str, text: str) -> list[str]:
    return [f"{name} longer than {ADVICE[name]}"] if len(text) > ADVICE[name] else []


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    values = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for one in values for text in _texts(one)]


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_control(character: str) -> bool:
    return character != "\n" and (ord(character) < 32 or ord(character) == 127)
