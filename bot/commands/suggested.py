"""Proposals for the knowledge base as a person reads them, or as JSON."""

from __future__ import annotations

import json

from intents.suggest import Proposal
from intents.suggest_rules import RuleProposal
from knowledge import Correction


def alias_as_json(p: Proposal) -> str:
    """Return one JSON value."""
    fields = {
        "alias": p.alias,
        "concept": p.concept,
        "title": p.title,
        "where": p.where,
        "messages": p.messages,
    }
    return json.dumps(fields, ensure_ascii=False)


def alias_as_text(p: Proposal) -> str:
    """Return where the word belongs, and the messages that ask for it."""
    asked = "\n".join(f"    {text}" for text in p.messages)
    return f"{p.where}  {p.concept}（{p.title}）  + {p.alias}   （{p.mended} 条消息）\n{asked}"


def rule_as_json(p: RuleProposal) -> str:
    """Return one JSON value."""
    rule = p.rule
    fields = {
        "rule": rule.id,
        "label": rule.label,
        "when": dict(rule.when),
        "overrides": rule.overrides,
        "instead_of": p.instead_of.id,
        "where": p.instead_of.where,
        "messages": p.messages,
    }
    return json.dumps(fields, ensure_ascii=False)


def rule_as_text(p: RuleProposal) -> str:
    """Return the rule as it stands in a file, for a person to check and to put behind the one it relieves."""
    rule = p.rule
    when = ", ".join(f"{feature}: [{', '.join(values)}]" for feature, values in rule.when.items())
    lines = [
        f"{p.instead_of.where}  放在 {p.instead_of.id} 后面   （{len(p.messages)} 条消息）",
        f"  - id: {rule.id}",
        f"    label: {rule.label}",
        *([f"    intent: {rule.intent}"] if rule.label == "none" else []),
        f"    clause: {_quoted(rule.clause) if rule.clause else 'null'}",
        f"    level: {rule.level}",
        f"    when: {{{when}}}",
        f"    overrides: {' '.join(rule.overrides)}",
        f"    hit: [{', '.join(map(_quoted, p.messages))}]",
        f"    miss: [{', '.join(map(_quoted, rule.miss))}]",
    ]
    return "\n".join(lines)


def left_as_json(one: Correction) -> str:
    """Return one JSON value."""
    return json.dumps({"left": one.text, "decided": one.decided}, ensure_ascii=False)


def left_as_text(left: list[Correction]) -> str:
    """Return the messages that no word and no rule mends, and what is left to do about them."""
    rows = [f"    {one.decided}  {one.text}" for one in left]
    said = "还剩下面这些：请照这样换几种说法写进 messages.tsv，再运行 hotline knowledge learn"
    return "\n".join([said, *rows])


def _quoted(text: str) -> str:
    """Return a text as YAML takes it whatever it holds: commas, colons, brackets, line ends."""
    return json.dumps(text, ensure_ascii=False)
