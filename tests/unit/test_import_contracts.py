"""The import contracts catch what they are for; `make check` applies them to the project."""

from __future__ import annotations

from typing import Any

import pytest
from grimp import ImportGraph

from tests.import_contracts import Confined, DirectImports, Only


def graph_of(*imports: tuple[str, str]) -> ImportGraph:
    """Build the graph of some imports; a module outside `app` comes from outside the project."""
    graph = ImportGraph()
    for module in sorted({module for pair in imports for module in pair}):
        graph.add_module(module, is_squashed=not module.startswith("app"))
    for line, (importer, imported) in enumerate(imports, start=1):
        graph.add_import(importer=importer, imported=imported, line_number=line, line_contents="")
    return graph


def broken(kind: type[DirectImports], options: dict[str, Any], *imports: tuple[str, str]) -> list[str]:
    """Check the contract and return the lines that it shows."""
    contract = kind(name="a contract", session_options={}, contract_options=options)
    check = contract.check(graph_of(*imports), verbose=False)
    lines: list[str] = check.metadata["lines"]
    assert check.kept == (not lines)
    return lines


PURE = {"source_modules": ["app.desk"], "allowed_modules": ["app.errors"], "stdlib_only": "true"}
CHANNELS = {"source_modules": ["app.channels"], "allowed_modules": ["app.desk"], "independent": "true"}


@pytest.mark.parametrize("imported", ["app.errors", "app.desk.ticket", "datetime"])
def test_a_pure_room_may_import_itself_what_is_allowed_and_the_standard_library(imported: str) -> None:
    assert broken(Only, PURE, ("app.desk.sla", imported)) == []


@pytest.mark.parametrize("imported", ["app.store", "app.desktop", "yaml"])
def test_a_pure_room_may_import_nothing_else(imported: str) -> None:
    assert broken(Only, PURE, ("app.desk.sla", imported)) == [f"app.desk.sla -> {imported} (l.1)"]


def test_a_room_that_does_not_exist_is_not_taken_for_a_pure_one() -> None:
    assert broken(Only, PURE, ("app.store", "yaml")) == ["app.desk: there is no such module"]


def test_a_channel_may_use_its_own_modules_a_library_and_the_package_itself() -> None:
    uses = ["app.channels.wechat_menu", "httpx", "app.channels", "app.desk"]
    assert broken(Only, CHANNELS, *(("app.channels.wechat", imported) for imported in uses)) == []


def test_a_channel_may_not_import_another_channel() -> None:
    lines = broken(Only, CHANNELS, ("app.channels.wecom", "app.channels.wechat"))
    assert lines == ["app.channels.wecom -> app.channels.wechat (l.1)"]


def test_a_confined_library_is_found_outside_its_room() -> None:
    options = {"packages": ["wechatpy"], "to": ["app.channels.wechat*"]}
    imports = [("app.channels.wechat_menu", "wechatpy"), ("app.web", "wechatpy")]
    assert broken(Confined, options, *imports) == ["app.web -> wechatpy (l.2)"]
