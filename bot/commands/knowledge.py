"""``hotline knowledge``: check the rules, explain a verdict, and mine staff's corrections for new words."""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import TextIO

import click
from rich.console import Console
from rich.table import Table

from bot.commands.database import opened
from bot.errors import HotlineError
from bot.store.corrections import corrected
from intents import Classifier, Explanation
from intents.suggest import Proposal
from intents.suggest import suggest as mine
from intents.suggest_rules import RuleProposal, suggest_rules
from intents.verify import Report, inspect
from knowledge import (
    MESSAGES,
    PACKAGED,
    Correction,
    KnowledgeError,
    load,
    read_corrections,
    read_messages,
    write_telling,
)

_FOLDER = click.option(
    "--folder", type=click.Path(exists=True, file_okay=False, path_type=Path), envvar="HOTLINE_KNOWLEDGE",
    help="the knowledge base to use (default: HOTLINE_KNOWLEDGE, else the packaged one)",
)  # fmt: skip


@click.group()
def knowledge() -> None:
    """Check, explain and grow the rules."""


def _classifier(folder: Path | None, *, cached: bool = True) -> Classifier:
    try:
        return Classifier(load(folder, cached=cached))
    except KnowledgeError as error:
        raise HotlineError(str(error)) from error


@knowledge.command()
@_FOLDER
@click.option("--verbose", is_flag=True, help="list coverage by rule, and overlaps")
def check(folder: Path | None, verbose: bool) -> None:
    """Run every example; exit 1 with file and line of each failure."""
    classifier = _classifier(folder, cached=False)
    report = inspect(classifier)
    for where, what in report.failures:
        click.echo(f"{where}: {what}", err=True)
    _summary(classifier, report, verbose=verbose)
    if report.failures:
        raise HotlineError(f"{len(report.failures)} failures in the knowledge base")


def _summary(classifier: Classifier, report: Report, *, verbose: bool) -> None:
    base = classifier.base
    click.echo(
        f"version {base.version}: {len(base.concepts)} concepts, {len(classifier.terms)} aliases, "
        f"{len(base.rules)} rules, {report.examples} examples, {len(report.failures)} failures"
    )
    click.echo(f"concepts that no example touches: {len(report.unused)} of {len(base.concepts)}")
    if not verbose:
        return
    click.echo("  " + ", ".join(report.unused))
    for rule in base.rules:
        click.echo(f"{rule.where}  {rule.id}  {rule.label}  decides {report.fired[rule.id]} examples")
    for (winner, loser), count in report.overlaps.most_common():
        click.echo(f"{winner} wins over {loser} in {count} examples")


@knowledge.command()
@click.argument("messages", type=click.Path(exists=True, dir_okay=False, path_type=Path), nargs=-1)
@_FOLDER
def learn(messages: tuple[Path, ...], folder: Path | None) -> None:
    """Learn how messages are told: write telling.tsv anew.

    MESSAGES: files with a label and a text a line, parted by a tab; default: messages.tsv of the base. The
    examples of the base's rules are learnt with them. Needs the extra `learn`.
    """
    try:
        learning = import_module("intents.learn")
    except ImportError as error:
        raise HotlineError("needs the extra `learn`: pip install 'hotline[learn]'") from error
    base = _classifier(folder).base
    where = folder or PACKAGED
    try:
        texts = read_messages(messages or (where / MESSAGES,))
    except KnowledgeError as error:
        raise HotlineError(str(error)) from error
    telling = learning.learn([*texts, *learning.examples(base)], base)
    write_telling(telling, where)
    click.echo(f"{len(telling.signs)} signs learnt from {len(texts)} messages and the rules' examples")


@knowledge.command()
@click.argument("text")
@click.option("--json", "as_json", is_flag=True, help="one JSON value")
@_FOLDER
def explain(text: str, as_json: bool, folder: Path | None) -> None:
    """Show why TEXT gets its verdict."""
    explanation = _classifier(folder).explain(text)
    if as_json:
        click.echo(json.dumps(explanation.to_dict(), ensure_ascii=False))
        return
    console = Console(highlight=False)
    for table in _tables(explanation):
        console.print(table)


def _tables(e: Explanation) -> Iterable[Table | str]:
    v = e.verdict
    yield f"结论  {v.label.value}（{v.intent}）  规则 {v.rule}  条款 {v.clause or '—'}"
    yield f"把握  {v.confidence:.0%}  知识库版本 {e.version}"
    if v.ask:
        yield f"问客户  {v.ask}"
    if e.normalised != v.text:
        yield f"规范化  {e.normalised}"
    yield f"分词  {' / '.join(e.tokens)}"
    words = Table("词", "位置", "概念", "作用", title="命中的词")
    for match in e.matches:
        words.add_row(
            match.text, f"{match.start}–{match.end}", f"{match.title}（{match.concept}）", match.kind
        )
    yield words
    clauses = Table("分句", "标记", title="分句")
    for clause in e.clauses:
        clauses.add_row(clause.text, "、".join(clause.marks) or "—")
    yield clauses
    if e.candidates:
        faults = Table("说法", "为何不算", "规则", title="可能的故障")
        for one in e.candidates:
            faults.add_row(one.text, "、".join(one.fate) or "算", one.rule or "—")
        yield faults
    rules = Table("规则", "结论", "条款", "落选原因", title="考虑过的规则")
    for rule in e.rules:
        rules.add_row(rule.rule, rule.label, rule.clause or "—", rule.lost or "采用")
    yield rules
    signs = Table("说法", "优先等级1", "优先等级2", "非故障", title="说法的倾向（分）")
    for sign in e.signs:
        signs.add_row(sign.text, *(f"{value:+.2f}" for value in sign.adds))
    signs.add_row("合计", *(f"{value:+.2f}" for value in e.telling))
    yield signs
    if v.rule != e.found:
        yield f"词语指向 {e.found}，但说法的倾向更强，按 {v.rule}"


@knowledge.command()
@click.option(
    "--from", "source", type=click.File(encoding="utf-8"),
    help='JSON lines {"text", "proposed", "decided"} instead of the store\'s corrections',
)  # fmt: skip
@click.option("--db", "database_url", metavar="URL", help="database address; default: HOTLINE_DATABASE_URL")
@click.option("--support", default=2, show_default=True, help="messages that must ask for a word")
@click.option("--json", "as_json", is_flag=True, help="one JSON value a line")
@_FOLDER
def suggest(
    source: TextIO | None, database_url: str | None, support: int, as_json: bool, folder: Path | None
) -> None:
    """Propose new aliases and rules from what staff corrected, each tried against every example."""
    try:
        found = _corrections(source, database_url)
    except KnowledgeError as error:
        raise HotlineError(str(error)) from error
    classifier = _classifier(folder)
    proposals = mine(classifier, found, support=support)
    for proposal in proposals:
        click.echo(_as_json(proposal) if as_json else _as_text(proposal))
    rules = suggest_rules(classifier, found, support=support)
    for new in rules:
        click.echo(_rule_as_json(new) if as_json else _rule_as_text(new))
    if not proposals and not rules and not as_json:
        what = f"{support} or more of {len(found)} corrections without breaking an example"
        click.echo(f"no word and no rule mends {what}")


def _corrections(source: TextIO | None, database_url: str | None) -> list[Correction]:
    if source is not None:
        return list(read_corrections(source, source.name))
    with opened(database_url) as store, store.read() as session:
        return [Correction(*found) for found in corrected(session)]


def _as_json(p: Proposal) -> str:
    fields = {
        "alias": p.alias,
        "concept": p.concept,
        "title": p.title,
        "where": p.where,
        "messages": p.messages,
    }
    return json.dumps(fields, ensure_ascii=False)


def _as_text(p: Proposal) -> str:
    asked = "\n".join(f"    {text}" for text in p.messages)
    return f"{p.where}  {p.concept}（{p.title}）  + {p.alias}   ({p.mended} messages)\n{asked}"


def _rule_as_json(p: RuleProposal) -> str:
    rule = p.rule
    fields = {
        "rule": rule.id,
        "label": rule.label,
        "when": dict(rule.when),
        "overrides": rule.overrides,
        "instead_of": p.instead_of,
        "messages": p.messages,
    }
    return json.dumps(fields, ensure_ascii=False)


def _rule_as_text(p: RuleProposal) -> str:
    """Return the rule as it would stand in a file, for a person to check and to put there."""
    rule = p.rule
    clause = f'"{rule.clause}"' if rule.clause else "null"
    when = ", ".join(f"{feature}: [{', '.join(values)}]" for feature, values in rule.when.items())
    lines = [f"instead of {p.instead_of}   ({len(p.messages)} messages)", f"  - id: {rule.id}"]
    lines += [f"    label: {rule.label}", *([f"    intent: {rule.intent}"] if rule.label == "none" else [])]
    lines += [f"    clause: {clause}", f"    level: {rule.level}", f"    when: {{{when}}}"]
    lines += [f"    overrides: {' '.join(rule.overrides)}", f"    hit: [{', '.join(p.messages)}]"]
    return "\n".join(lines)
