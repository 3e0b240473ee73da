"""``hotline knowledge``: check the rules, explain a verdict, and mine staff's corrections for new words."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import TextIO

import click
from rich.console import Console

from bot.commands import explained, suggested
from bot.commands.database import opened
from bot.errors import HotlineError
from bot.store.corrections import corrected
from intents import Classifier
from intents.suggest import suggest as mine
from intents.suggest_rules import suggest_rules
from intents.trial import Trial
from intents.verify import Report, inspect
from knowledge import (
    MESSAGES,
    PACKAGED,
    WISHES,
    Correction,
    KnowledgeError,
    load,
    read_corrections,
    read_messages,
    read_wishes,
    write_telling,
    write_wishing,
)

_FOLDER = click.option(
    "--folder", type=click.Path(exists=True, file_okay=False, path_type=Path), envvar="HOTLINE_KNOWLEDGE",
    help="the knowledge base to use (default: HOTLINE_KNOWLEDGE, else the packaged one)",
)  # fmt: skip


@click.group()
def knowledge() -> None:
    """Check, explain and grow the rules."""


def _classifier(folder: Path | None) -> Classifier:
    try:
        return Classifier(load(folder))
    except KnowledgeError as error:
        raise HotlineError(str(error)) from error


@knowledge.command()
@_FOLDER
@click.option("--verbose", is_flag=True, help="list coverage by rule, and overlaps")
def check(folder: Path | None, verbose: bool) -> None:
    """Run every example; exit 1 with file and line of each failure."""
    try:
        classifier = Classifier(load(folder, cached=False))
    except KnowledgeError as error:
        for one in (error, *error.others):
            click.echo(f"{one.where or '规则'}: {one.what}", err=True)
        raise HotlineError(_wrong(1 + len(error.others))) from error
    report = inspect(classifier)
    for where, what in report.failures:
        click.echo(f"{where}: {what}", err=True)
    _summary(classifier, report, verbose=verbose)
    if report.failures:
        raise HotlineError(_wrong(len(report.failures)))


def _wrong(count: int) -> str:
    return f"知识库有 {count} 处错误"


def _summary(classifier: Classifier, report: Report, *, verbose: bool) -> None:
    base = classifier.base
    click.echo(
        f"知识库版本 {base.version}：{len(base.concepts)} 个概念，{len(classifier.terms)} 个词，"
        f"{len(base.rules)} 条规则，{report.examples} 个例句，{len(report.failures)} 处错误"
    )
    click.echo(f"没有例句碰到的概念：{len(report.unused)} 个")
    if not verbose:
        return
    if report.unused:
        click.echo("  " + "、".join(report.unused))
    for rule in base.rules:
        click.echo(f"{rule.where}  {rule.id}  {rule.label}  判 {report.fired[rule.id]} 个例句")
    for (winner, loser), count in report.overlaps.most_common():
        click.echo(f"{winner} 胜过 {loser}：{count} 个例句")


@knowledge.command()
@click.argument("messages", type=click.Path(exists=True, dir_okay=False, path_type=Path), nargs=-1)
@_FOLDER
def learn(messages: tuple[Path, ...], folder: Path | None) -> None:
    """Learn how messages are told, and what they want: write telling.tsv and wishing.tsv anew.

    MESSAGES: files with a label and a text a line, parted by a tab; default: messages.tsv of the base. The
    examples of the base's rules are learnt with them, and wishes.tsv of the base (intent, tab, text), whose
    messages count as none. Needs the extra `learn`.
    """
    try:
        learning = import_module("intents.learn")
    except ImportError as error:
        raise HotlineError("needs the extra `learn`: pip install 'hotline[learn]'") from error
    base = _classifier(folder).base
    where = folder or PACKAGED
    try:
        texts = read_messages(messages or (where / MESSAGES,))
        wishes = read_wishes(where / WISHES) if (where / WISHES).exists() else []
    except KnowledgeError as error:
        raise HotlineError(str(error)) from error
    quiet = [("none", text) for _, text in wishes]
    telling = learning.learn([*texts, *quiet, *learning.examples(base)], base)
    write_telling(telling, where)
    many = len(texts) + len(quiet)
    click.echo(f"从 {many} 条消息和规则的例句学到 {len(telling.signs)} 种说法的分数（telling.tsv）")
    if wishes:
        base = _classifier(folder).base
        wishing = learning.learn_wishes([*wishes, *learning.wished(base)], base)
        write_wishing(wishing, where)
        click.echo(f"从 {len(wishes)} 条消息学到 {len(wishing.signs)} 种意图的分数（wishing.tsv）")


@knowledge.command()
@click.argument("text")
@click.option("--json", "as_json", is_flag=True, help="one JSON value")
@_FOLDER
def explain(text: str, as_json: bool, folder: Path | None) -> None:
    """Show why TEXT gets its verdict."""
    explanation = _classifier(folder).explain(_whole(text))
    if as_json:
        click.echo(json.dumps(explanation.to_dict(), ensure_ascii=False))
        return
    console = Console(highlight=False)
    for table in explained.tables(explanation):
        console.print(table)


def _whole(text: str) -> str:
    """Return what a terminal can show of an argument: bytes that are no UTF-8 become question marks."""
    return text.encode("utf-8", "replace").decode()


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
    """Propose new aliases and rules from what staff corrected, each tried against all that is known."""
    try:
        found = _corrections(source, database_url)
    except KnowledgeError as error:
        raise HotlineError(str(error)) from error
    classifier = _classifier(folder)
    messages = (folder or PACKAGED) / MESSAGES
    try:
        trial = Trial(classifier, found, read_messages([messages]) if messages.exists() else ())
    except KnowledgeError as error:
        raise HotlineError(str(error)) from error
    aliases, rules = mine(trial, support=support), suggest_rules(trial, support=support)
    for alias in aliases:
        click.echo(suggested.alias_as_json(alias) if as_json else suggested.alias_as_text(alias))
    for rule in rules:
        click.echo(suggested.rule_as_json(rule) if as_json else suggested.rule_as_text(rule))
    if not aliases and not rules and not as_json:
        click.echo(f"{len(found)} 条更正里，没有哪个词或哪条规则能改对 {support} 条以上而不弄错例句")
    mended = [text for alias in aliases for text in alias.messages]
    mended += [text for rule in rules for text in rule.messages]
    left = trial.left(mended)
    if as_json:
        for one in left:
            click.echo(suggested.left_as_json(one))
    elif left:
        click.echo(suggested.left_as_text(left))


def _corrections(source: TextIO | None, database_url: str | None) -> list[Correction]:
    if source is not None:
        return list(read_corrections(source, source.name))
    with opened(database_url) as store, store.read() as session:
        return [Correction(*found) for found in corrected(session)]
