"""From a folder of YAML to a base: merged, checked for structure, and cached as JSON by its content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from knowledge import document, private, source, wishing
from knowledge import telling as points
from knowledge.document import Table
from knowledge.model import Concept, KnowledgeBase, KnowledgeError, Rule, Telling, Wishing, raise_all

PACKAGED = Path(__file__).parent

#: What a verdict may be in doubt about: which priority, whether it is so now, what the matter is.
DOUBTS = ("priority", "present", "what")
#: Raise it when the shape of the cached artefact changes.
_FORMAT = "6"


def load(folder: Path | None = None, *, cached: bool = True) -> KnowledgeBase:
    """Return the base of ``folder`` (the packaged one by default).

    Only its structure is checked here; the examples of the rules are run by ``intents.verify``.

    Raises:
        KnowledgeError: names file and line of what is wrong.
    """
    folder = folder or PACKAGED
    files = _contents(folder)
    digest = _digest(files)
    name = f"base-{_FORMAT}-{digest}.json"
    if cached and (stored := private.read(name)) is not None and (base := _thaw(stored)):
        return replace(base, folder=str(folder))
    base = _merge(files, digest[:12])
    if cached:
        private.write(name, json.dumps(asdict(base), ensure_ascii=False).encode())
    return replace(base, folder=str(folder))


def _contents(folder: Path) -> dict[str, bytes]:
    """Return name → content of the files that make a base, each read once: it may be edited meanwhile.

    Raises:
        KnowledgeError: there is none, or one cannot be read.
    """
    try:
        files = {file.name: file.read_bytes() for file in sorted(folder.glob("*.yaml"))}
        if not files:
            raise KnowledgeError(str(folder), "没有 YAML 文件")
        learnt = (folder / points.FILE, folder / wishing.FILE)
        return files | {file.name: file.read_bytes() for file in learnt if file.exists()}
    except OSError as error:
        raise KnowledgeError(str(folder), f"读不出来（{error}）") from error


def _digest(files: dict[str, bytes]) -> str:
    whole = hashlib.sha256()
    for name, content in files.items():
        whole.update(f"{name}\0{len(content)}\0".encode())
        whole.update(content)
    return whole.hexdigest()


def fingerprint(folder: Path | None = None) -> str:
    """Return the hash of the folder's files: changes exactly when an edit could matter.

    Raises:
        KnowledgeError: the folder cannot be read, or holds no base.
    """
    return _digest(_contents(folder or PACKAGED))


def _merge(files: dict[str, bytes], version: str) -> KnowledgeBase:
    concepts: dict[str, Concept] = {}
    rules: dict[str, Rule] = {}
    calibration: dict[str, float] = {}
    questions: dict[str, str] = {}
    telling, wishes = Telling(), Wishing()  # without their tables rules alone decide
    problems: list[KnowledgeError] = []
    for name, content in files.items():
        with _noted(problems):
            if name == points.FILE:
                telling = points.parse(content)
                continue
            if name == wishing.FILE:
                wishes = wishing.parse(content)
                continue
            top = document.parse(name, content)
            top.known(source.TOP_KEYS)
            calibration |= _calibration(top)
            questions |= _questions(top)
            for entry in top.tables("concepts"):
                with _noted(problems):
                    concept = source.concept(entry)
                    if concept.id in concepts:
                        known = concepts[concept.id].where
                        raise KnowledgeError(concept.where, f"概念 {concept.id} 在 {known} 已有")
                    concepts[concept.id] = concept
            for entry in top.tables("rules"):
                with _noted(problems):
                    rule = source.rule(entry)
                    if rule.id in rules:
                        raise KnowledgeError(rule.where, f"规则 {rule.id} 在 {rules[rule.id].where} 已有")
                    rules[rule.id] = rule
    raise_all(problems)
    _references(rules, calibration)
    return KnowledgeBase(version, concepts, tuple(rules.values()), calibration, telling, questions, wishes)


@contextmanager
def _noted(problems: list[KnowledgeError]) -> Iterator[None]:
    """Note what is wrong with one entry, so that all can be named at once."""
    try:
        yield
    except KnowledgeError as error:
        problems.append(error)


def _calibration(top: Table) -> dict[str, float]:
    table = top.table("calibration")
    shares: dict[str, float] = {}
    for level in table:
        try:
            share = float(table.text(level) or "")
        except ValueError:
            share = 0.0
        if not 0 < share <= 1:
            raise KnowledgeError(table.where(level), f"calibration 的 {level} 要大于 0、不超过 1")
        shares[level] = share
    return shares


def _questions(top: Table) -> dict[str, str]:
    table = top.table("questions")
    questions: dict[str, str] = {}
    for doubt in table:
        question = table.text(doubt)
        if doubt not in DOUBTS or not question or not question.strip():
            raise KnowledgeError(
                table.where(doubt), f"questions 的 {doubt} 不对：只能是 {'、'.join(DOUBTS)}，各写一句话"
            )
        questions[doubt] = question
    return questions


def _references(rules: dict[str, Rule], calibration: dict[str, float]) -> None:
    problems: list[KnowledgeError] = []
    for rule in rules.values():
        if rule.level not in calibration:
            problems.append(
                KnowledgeError(rule.where, f"规则 {rule.id} 的 level“{rule.level}”不在 calibration 里")
            )
        problems += [
            KnowledgeError(rule.where, f"规则 {rule.id} 的 overrides 里没有“{other}”这条规则")
            for other in rule.overrides
            if other not in rules
        ]
        problems += [
            KnowledgeError(rule.where, f"规则 {rule.id} 的例句“{example}”既在 hit 又在 miss")
            for example in sorted(set(rule.hit) & set(rule.miss))
        ]
    raise_all(problems)


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
        trust = {level: tuple(adds) for level, adds in telling["trust"].items()}
        learnt = Telling(tuple(telling["base"]), trust, signs)
        wanted = data["wishing"]
        wishes = {sign: (row[0], row[1]) for sign, row in wanted["signs"].items()}
        return KnowledgeBase(
            data["version"], concepts, rules, data["calibration"], learnt, data["questions"],
            Wishing(wanted["base"], wanted["trust"], wishes),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError):
        return None


def _thaw_rule(value: dict[str, Any]) -> Rule:
    for key in ("overrides", "hit", "miss"):
        value[key] = tuple(value[key])
    for key in ("when", "unless"):
        value[key] = {feature: tuple(found) for feature, found in value[key].items()}
    return Rule(**value)
