"""The platforms' XML, read within one guard: whatever comes, the answer is `Fields` or `BadBody`.

The size is capped before (`callback.MAX_BODY_BYTES`); here depth and number of elements are, and
whatever could make a small body grow (a document type, entities) is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat

from bot.errors import BadInput

MAX_DEPTH = 8
MAX_ELEMENTS = 1000
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # customers do send these, unescaped
_NUMBER = re.compile(r"[0-9]{1,20}", re.ASCII)


class BadBody(BadInput):
    """A callback's body is malformed: answered by 400."""


@dataclass(slots=True)
class Fields:
    """The elements below one element.

    Attributes:
        texts: what each element holds as text; for a repeated one the first.
        below: the elements below each one that has any.
        repeated: names that stand more than once.
    """

    texts: dict[str, str] = field(default_factory=dict)
    below: dict[str, list[Fields]] = field(default_factory=dict)
    repeated: set[str] = field(default_factory=set)

    def text(self, name: str, default: str | None = "") -> str:
        """Return what an element holds; ``default`` None: it must be there.

        Raises:
            BadBody: it stands twice, holds elements, or is missing.
        """
        if name in self.repeated or name in self.below:
            raise BadBody(f"{name} is repeated or nested")
        found = self.texts.get(name, default)
        if found is None:
            raise BadBody(f"{name} is missing")
        return found

    def number(self, name: str) -> int:
        """Return a whole number of any size up to twenty digits (message ids have 64 bits).

        Raises:
            BadBody: it is missing or no such number.
        """
        found = self.text(name, None).strip()
        if not _NUMBER.fullmatch(found):
            raise BadBody(f"{name} is no number")
        return int(found)


def parse(body: bytes | str) -> Fields:
    """Return the elements below the root, ``<xml>``.

    Raises:
        BadBody: it is no UTF-8, no XML, or more than a callback ever is.
    """
    try:
        text = body.decode("utf-8-sig") if isinstance(body, bytes) else body
        return _Reader().read(_NO_XML.sub("", text))
    except BadBody:
        raise
    except (expat.ExpatError, UnicodeError) as error:
        raise BadBody(f"no XML: {type(error).__name__}") from None  # its text may quote a customer


class _Reader:
    """Builds `Fields` from the parser's events."""

    def __init__(self) -> None:
        self._open: list[tuple[str, Fields, list[str]]] = []
        self._elements = 0
        self._root: Fields | None = None
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.EntityDeclHandler = self._refuse
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._data

    def read(self, text: str) -> Fields:
        self._parser.Parse(text.encode("utf-8"), True)
        if self._root is None:
            raise BadBody("no root element")
        return self._root

    def _refuse(self, *_: object) -> None:
        raise BadBody("a document type or an entity")

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > MAX_ELEMENTS or len(self._open) >= MAX_DEPTH:
            raise BadBody("too many elements, or too deep")
        if not self._open and name != "xml":
            raise BadBody("the root is not xml")
        self._open.append((name, Fields(), []))

    def _data(self, text: str) -> None:
        if self._open:
            self._open[-1][2].append(text)

    def _end(self, _name: str) -> None:
        name, fields, texts = self._open.pop()
        if not self._open:
            self._root = fields
            return
        above = self._open[-1][1]
        if name in above.texts:
            if len(self._open) == 1:
                raise BadBody(f"{name[:40]} is repeated")
            above.repeated.add(name)
        above.texts.setdefault(name, "".join(texts))
        if fields.texts:
            above.below.setdefault(name, []).append(fields)
