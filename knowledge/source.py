"""Reading the YAML of one subject into concepts and rules, with the line of everything that can be wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from knowledge.braces import expand
from knowledge.model import Concept, KnowledgeError, Rule

_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_CONCEPT_KEYS = {"id", "title", "kind", "aliases", "self_help"}
_TRAITS = {
    "sphere",
    "effect",
    "scope",
    "cue",
    "fate",
    "note",
    "plural",
    "auto",
    "bare",
    "plain",
    "manage",
    "yields",
    "points",
}
_RULE_KEYS = {
    *("id", "label", "intent", "clause", "when", "unless", "overrides"),
    *("level", "ask", "hit", "miss"),
}
_TOP_KEYS = {"subject", "concepts", "rules", "calibration", "questions"}


class Table(dict[str, Any]):
    """A mapping that remembers the line it begins on, and the lines of its values."""

    line: int = 0
    lines: dict[str, int]


def read(path: Path) -> Table:
    """Return the file's top mapping.

    Raises:
        KnowledgeError: not UTF-8, not YAML, or not a mapping with the known keys.
    """
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise KnowledgeError(f"{path.name}:{line}", f"not valid YAML: {error.problem}") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise KnowledgeError(path.name, f"cannot be read: {error}") from error
    top = _value(node)
    if not isinstance(top, Table):
        raise KnowledgeError(f"{path.name}:1", "must be a mapping with subject, concepts, rules")
    _known(top, _TOP_KEYS, path.name)
    return top


def _value(node: Any) -> Any:
    if isinstance(node, yaml.MappingNode):
        table = Table()
        table.line = node.start_mark.line + 1
        table.lines = {}
        for key, value in node.value:
            table[str(key.value)] = _value(value)
            table.lines[str(key.value)] = value.start_mark.line + 1
        return table
    if isinstance(node, yaml.SequenceNode):
        return [_value(item) for item in node.value]
    return None if node is None or node.tag.endswith(":null") else str(node.value)


def _known(table: Table, keys: set[str], name: str) -> None:
    for key in table:
        if key not in keys:
            raise KnowledgeError(f"{name}:{table.lines[key]}", f"unknown key {key!r}")


def _texts(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    items = value if isinstance(value, list) else [value]
    return tuple(str(item).strip() for item in items)


def _aliases(value: Any) -> tuple[str, ...]:
    """Words separated by space; ``_`` stands for a space inside one; ``{a,b}`` and ``(x)`` expand."""
    words = [word for item in _texts(value) for word in item.split()]
    return tuple(dict.fromkeys(form.replace("_", " ") for word in words for form in expand(word)))


def concepts(top: Table, name: str) -> Iterator[Concept]:
    """Yield the file's concepts.

    Raises:
        KnowledgeError: an entry lacks id, title, kind or aliases, or has an unknown key.
    """
    for entry in top.get("concepts") or []:
        if not isinstance(entry, Table):
            raise KnowledgeError(name, "every concept must be a mapping")
        _known(entry, _CONCEPT_KEYS | _TRAITS, name)
        where = f"{name}:{entry.line}"
        for key in ("id", "title", "kind", "aliases"):
            if not entry.get(key):
                raise KnowledgeError(where, f"a concept lacks {key}")
        try:
            aliases = _aliases(entry["aliases"])
        except ValueError as error:
            raise KnowledgeError(f"{name}:{entry.lines['aliases']}", str(error)) from error
        traits = {key: entry[key] for key in _TRAITS if key in entry}
        yield Concept(
            entry["id"], entry["title"], entry["kind"], traits, aliases, _texts(entry.get("self_help")), where
        )


def _conditions(value: Any, where: str) -> dict[str, tuple[str, ...]]:
    if value is None:
        return {}
    if not isinstance(value, Table):
        raise KnowledgeError(where, "a condition must map features to values")
    return {
        key: tuple(word for item in _texts(found) for word in item.split()) for key, found in value.items()
    }


def rules(top: Table, name: str) -> Iterator[Rule]:
    """Yield the file's rules.

    Raises:
        KnowledgeError: a rule lacks id, label, clause, condition or examples, or has an unknown key.
    """
    for entry in top.get("rules") or []:
        if not isinstance(entry, Table):
            raise KnowledgeError(name, "every rule must be a mapping")
        _known(entry, _RULE_KEYS, name)
        where = f"{name}:{entry.line}"
        for key in ("id", "label", "when", "hit", "miss"):
            if not entry.get(key):
                raise KnowledgeError(where, f"rule {entry.get('id', '?')} lacks {key}")
        if "clause" not in entry:
            raise KnowledgeError(
                where, f"rule {entry['id']} lacks clause (write 'null' where the contract is silent)"
            )
        fault = entry["label"] in ("P1", "P2")
        if not fault and entry["label"] != "none":
            raise KnowledgeError(
                f"{name}:{entry.lines['label']}", f"label must be P1, P2 or none, not {entry['label']!r}"
            )
        yield Rule(
            id=entry["id"],
            label=entry["label"],
            intent=entry.get("intent") or ("fault" if fault else "other"),
            clause=entry["clause"],
            when=_conditions(entry["when"], where),
            unless=_conditions(entry.get("unless"), where),
            overrides=tuple(word for item in _texts(entry.get("overrides")) for word in item.split()),
            level=entry.get("level") or "likely",
            ask=entry.get("ask"),
            hit=_texts(entry["hit"]),
            miss=_texts(entry["miss"]),
            where=where,
        )
