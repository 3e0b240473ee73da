"""From a folder of YAML to a base: merged, checked for structure, and cached as JSON by its content."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from knowledge import private, source
from knowledge import telling as points
from knowledge.model import Concept, KnowledgeBase, KnowledgeError, Rule, Telling

PACKAGED = Path(__file__).parent

#: What a verdict may be in doubt about: which priority, whether it is so now, what the matter is.
DOUBTS = ("priority", "present", "what")
#: Raise it when the shape of the cached artefact changes.
_FORMAT = "3"


def load(folder: Path | None = None, *, cached: bool = True) -> KnowledgeBase:
    """Return the base of ``folder`` (the packaged one by default).

    Only its structure is checked here; the examples of the rules are run by ``intents.verify``.

    Raises:
        KnowledgeError: names file and line of what is wrong.
    """
    folder = folder or PACKAGED
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise KnowledgeError(str(folder), "holds no YAML file")
    try:
        digest = _digest(folder)
    except OSError as error:
        raise KnowledgeError(str(folder), f"cannot be read: {error}") from error
    name = f"base-{_FORMAT}-{digest}.json"
    if cached and (stored := private.read(name)) is not None and (base := _thaw(stored)):
        return replace(base, folder=str(folder))
    base = replace(_merge(files, digest[:12]), telling=points.read(folder))
    if cached:
        private.write(name, json.dumps(asdict(base), ensure_ascii=False).encode())
    return replace(base, folder=str(folder))


def _digest(folder: Path) -> str:
    whole = hashlib.sha256()
    for file in [*sorted(folder.glob("*.yaml")), *folder.glob(points.FILE)]:
        content = file.read_bytes()
        whole.update(f"{file.name}\0{len(content)}\0".encode())
        whole.update(content)
    return whole.hexdigest()


def fingerprint(folder: Path | None = None) -> str:
    """Return the hash of the folder's files: changes exactly when an edit could matter.

    Raises:
        KnowledgeError: the folder cannot be read.
    """
    folder = folder or PACKAGED
    try:
        return _digest(folder)
    except OSError as error:
        raise KnowledgeError(str(folder), f"cannot be read: {error}") from error


def _merge(files: list[Path], version: str) -> KnowledgeBase:
    concepts: dict[str, Concept] = {}
    rules: dict[str, Rule] = {}
    calibration: dict[str, float] = {}
    questions: dict[str, str] = {}
    for file in files:
        top = source.read(file)
        for concept in source.concepts(top, file.name):
            if concept.id in concepts:
                raise KnowledgeError(
                    concept.where, f"concept {concept.id} exists in {concepts[concept.id].where}"
                )
            concepts[concept.id] = concept
        for rule in source.rules(top, file.name):
            if rule.id in rules:
                raise KnowledgeError(rule.where, f"rule {rule.id} exists in {rules[rule.id].where}")
            rules[rule.id] = rule
        calibration |= _calibration(top, file.name)
        questions |= _questions(top, file.name)
    _references(rules, calibration)
    return KnowledgeBase(version, concepts, tuple(rules.values()), calibration, questions=questions)


def _calibration(top: source.Table, name: str) -> dict[str, float]:
    shares: dict[str, float] = {}
    for level, share in (top.get("calibration") or {}).items():
        try:
            shares[level] = float(share)
        except ValueError as error:
            where = f"{name}:{top['calibration'].lines[level]}"
            raise KnowledgeError(where, f"calibration {level} must be a number") from error
    return shares


def _questions(top: source.Table, name: str) -> dict[str, str]:
    questions = dict(top.get("questions") or {})
    for doubt, question in questions.items():
        if doubt not in DOUBTS or not isinstance(question, str) or not question.strip():
            where = f"{name}:{top['questions'].lines[doubt]}"
            raise KnowledgeError(where, f"question {doubt} must be a text, for one of {', '.join(DOUBTS)}")
    return questions


def _references(rules: dict[str, Rule], calibration: dict[str, float]) -> None:
    for rule in rules.values():
        if rule.level not in calibration:
            raise KnowledgeError(rule.where, f"rule {rule.id} has the unknown level {rule.level!r}")
        for other in rule.overrides:
            if other not in rules:
                raise KnowledgeError(rule.where, f"rule {rule.id} overrides {other!r}, which does not exist")
        for example in set(rule.hit) & set(rule.miss):
            raise KnowledgeError(rule.where, f"rule {rule.id} must both hit and miss {example!r}")


def _thaw(stored: bytes) -> KnowledgeBase | None:
    """Return the cached base, or None when the artefact is not what this version writes."""
    try:
        data: dict[str, Any] = json.loads(stored)
        concepts = {
            key: Concept(
                **{**value, "aliases": tuple(value["aliases"]), "self_help": tuple(value["self_help"])}
            )
            for key, value in data["concepts"].items()
        }
        rules = tuple(_thaw_rule(value) for value in data["rules"])
        telling = data["telling"]
        signs = {sign: tuple(row) for sign, row in telling["signs"].items()}
        learnt = Telling(tuple(telling["base"]), telling["trust"], signs)
        return KnowledgeBase(data["version"], concepts, rules, data["calibration"], learnt, data["questions"])
    except (ValueError, KeyError, TypeError):
        return None


def _thaw_rule(value: dict[str, Any]) -> Rule:
    for key in ("overrides", "hit", "miss"):
        value[key] = tuple(value[key])
    for key in ("when", "unless"):
        value[key] = {feature: tuple(found) for feature, found in value[key].items()}
    return Rule(**value)
