"""From the YAML of one subject to concepts and rules; whatever is wrong is named by file and line."""

from __future__ import annotations

from knowledge.braces import expand
from knowledge.document import Table
from knowledge.model import INTENTS, Concept, KnowledgeError, Rule

_CONCEPT_KEYS = {"id", "title", "kind", "aliases", "self_help"}
_SWITCHES = {"plural", "auto", "bare", "plain", "manage", "wide", "yields"}
_TRAITS = {"sphere", "effect", "scope", "cue", "fate", "note", *_SWITCHES}
_RULE_KEYS = {
    *("id", "label", "intent", "clause", "when", "unless", "overrides"),
    *("level", "ask", "hit", "miss"),
}
TOP_KEYS = {"subject", "concepts", "rules", "calibration", "questions"}
_FAULT = "fault"


def concept(entry: Table) -> Concept:
    """Return the concept of one entry.

    Raises:
        KnowledgeError: it lacks id, title, kind or aliases, or has an unknown key or value.
    """
    entry.known(_CONCEPT_KEYS | _TRAITS)
    for key in ("id", "title", "kind", "aliases"):
        if not entry.get(key):
            raise KnowledgeError(entry.where(), f"这个概念缺 {key}")
    try:
        aliases = _aliases(entry.words("aliases"))
    except ValueError as error:
        raise KnowledgeError(entry.where("aliases"), str(error)) from error
    return Concept(
        entry.text("id") or "",
        entry.text("title") or "",
        entry.text("kind") or "",
        {trait: _trait(entry, trait) for trait in entry if trait in _TRAITS},
        aliases,
        entry.texts("self_help"),
        entry.where(),
    )


def _aliases(words: tuple[str, ...]) -> tuple[str, ...]:
    """``_`` stands for a space inside a word; ``{a,b}`` and ``(x)`` expand, but never to nothing."""
    found = [(word, form.replace("_", " ")) for word in words for form in expand(word)]
    for word, form in found:
        if not form.strip():
            raise ValueError(f"“{word}”展开后会是空的")
    return tuple(dict.fromkeys(form for _, form in found))


def _trait(entry: Table, trait: str) -> str:
    value = entry.text(trait) or ""
    if trait in _SWITCHES and value not in ("yes", "no", "true", "false"):
        raise KnowledgeError(entry.where(trait), f"{trait} 只能写 yes 或 no，不能写“{value}”")
    return value


def _conditions(entry: Table, key: str) -> dict[str, tuple[str, ...]]:
    table = entry.table(key)
    found = {feature: table.words(feature) for feature in table}
    for feature, values in found.items():
        if not values:
            raise KnowledgeError(table.where(feature), f"{key} 的 {feature} 没有写值")
    return found


def rule(entry: Table) -> Rule:
    """Return the rule of one entry.

    Raises:
        KnowledgeError: it lacks id, label, clause, condition or examples, or has an unknown key or value.
    """
    entry.known(_RULE_KEYS)
    name = entry.text("id") or "?"
    for key in ("id", "label", "when", "hit", "miss"):
        if not entry.get(key):
            raise KnowledgeError(entry.where(), f"规则 {name} 缺 {key}")
    if "clause" not in entry:
        raise KnowledgeError(entry.where(), f"规则 {name} 缺 clause（合同没有规定的写 null）")
    label = _label(entry)
    return Rule(
        id=name,
        label=label,
        intent=_intent(entry, label),
        clause=entry.text("clause"),
        when=_conditions(entry, "when"),
        unless=_conditions(entry, "unless"),
        overrides=_overrides(entry, name),
        level=entry.text("level") or "likely",
        ask=entry.text("ask"),
        hit=entry.texts("hit"),
        miss=entry.texts("miss"),
        where=entry.where(),
    )


def _label(entry: Table) -> str:
    label = entry.text("label") or ""
    if label not in ("P1", "P2", "none"):
        raise KnowledgeError(entry.where("label"), f"label 只能写 P1、P2 或 none，不能写“{label}”")
    return label


def _intent(entry: Table, label: str) -> str:
    """Return what the message is about: each intent has an answer of its own, an unknown one has none."""
    if label != "none":
        known: tuple[str, ...] = (_FAULT,)
    else:
        known = tuple(intent for intent in INTENTS if intent != _FAULT)
    intent = entry.text("intent") or ("other" if label == "none" else _FAULT)
    if intent not in known:
        raise KnowledgeError(
            entry.where("intent"), f"{label} 的 intent 只能写 {'、'.join(known)}，不能写“{intent}”"
        )
    return intent


def _overrides(entry: Table, name: str) -> tuple[str, ...]:
    overrides = entry.words("overrides")
    if name in overrides:
        raise KnowledgeError(entry.where("overrides"), f"规则 {name} 的 overrides 里有它自己")
    return overrides
