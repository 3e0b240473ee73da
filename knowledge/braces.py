"""Short hand for aliases: ``登{不,勿}上`` is two words, ``打(电话)不通`` is two, they nest and multiply."""

from __future__ import annotations

#: No alias list of a reader's own making grows beyond this; a slip of the keyboard must not eat the memory.
LIMIT = 4000
#: What writers of lists put between words, and brackets of the wrong width: in a word they are a slip, unless
#: one stands alone in braces, ``那个{，}有人``.
MARKS = ",，、；;。｛｝（）"


def expand(word: str) -> list[str]:
    """Return all forms of ``word``: ``{a,b}`` offers a choice, ``(a)`` may be left out.

    Raises:
        ValueError: a bracket is not closed, a mark stands where a space should, or there would be more than
            ``LIMIT`` forms.
    """
    forms, rest = _sequence(word, 0, "")
    if rest != len(word):
        raise ValueError(f"“{word}”多了一个括号")
    return forms


def _sequence(word: str, at: int, stop: str) -> tuple[list[str], int]:
    forms = [""]
    while at < len(word) and word[at] not in stop:
        char = word[at]
        if char in "})":
            break
        if char in "{(":
            choices, at = _group(word, at)
        elif char in MARKS:
            raise ValueError(f"“{word}”里有“{char}”：词与词用空格隔开，{{,}} 和 () 用半角")
        else:
            choices, at = [char], at + 1
        forms = [form + choice for form in forms for choice in choices]
        if len(forms) > LIMIT:
            raise ValueError(f"“{word}”展开后超过 {LIMIT} 个词")
    return forms, at


def _group(word: str, at: int) -> tuple[list[str], int]:
    close = "}" if word[at] == "{" else ")"
    choices: list[str] = [""] if close == ")" else []
    at += 1
    if word[at : at + 1] in MARKS[1:] and word[at + 1 : at + 2] == close:
        return [*choices, word[at]], at + 2
    while True:
        forms, at = _sequence(word, at, "," + close)
        choices += forms
        if at >= len(word):
            raise ValueError(f"“{word}”的括号没有合上")
        at += 1
        if word[at - 1] == close:
            return choices, at
