"""The kinds of contract that import-linter checks here; the contracts themselves stand in pyproject.toml.

The architecture says what a room *may* import, so a new module is closed to it until somebody opens it: the
opposite of import-linter's own "forbidden" contract, which has to be told of every new module.
"""

from __future__ import annotations

import sys
from abc import abstractmethod
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


def inside(module: str, package: str) -> bool:
    """Tell whether a module is the package or lies below it."""
    return module == package or module.startswith(package + ".")


def inside_any(module: str, packages: list[str]) -> bool:
    """Tell whether a module lies in one of the packages."""
    return any(inside(module, package) for package in packages)


class DirectImports(Contract):
    """A contract over direct imports: each broken one is shown with its file's line."""

    @abstractmethod
    def broken(self, graph: ImportGraph) -> Iterator[tuple[str, str]]:
        """Yield each import that must not be, as (importer, imported)."""

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002 - the interface's
        lines = []
        for importer, imported in sorted(self.broken(graph)):
            details = graph.get_import_details(importer=importer, imported=imported)
            where = ", ".join(str(detail["line_number"]) for detail in details)
            lines.append(f"{importer} -> {imported} (l.{where})" if where else f"{importer}: {imported}")
        return ContractCheck(kept=not lines, metadata={"lines": lines})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for line in check.metadata["lines"]:
            output.print_error(f"- {line}", bold=False)


class Only(DirectImports):
    """`source_modules` import nothing of this project but themselves and `allowed_modules`.

    With `stdlib_only` they import nothing from outside but the standard library. With `independent` the
    children of a source package do not import each other, except those of one name (`wechat`, `wechat_menu`).
    """

    source_modules: Any = fields.ListField(subfield=fields.StringField())
    allowed_modules: Any = fields.ListField(subfield=fields.StringField(), required=False, default=[])
    stdlib_only = fields.BooleanField(required=False, default=False)
    independent = fields.BooleanField(required=False, default=False)

    def broken(self, graph: ImportGraph) -> Iterator[tuple[str, str]]:
        for source in self.source_modules:
            modules = sorted(module for module in graph.modules if inside(module, source))
            if not modules:
                yield source, "there is no such module"
            for importer in modules:
                for imported in graph.find_modules_directly_imported_by(importer):
                    if not self.may_import(graph, source, importer, imported):
                        yield importer, imported

    def may_import(self, graph: ImportGraph, source: str, importer: str, imported: str) -> bool:
        if graph.is_module_squashed(imported):  # comes from outside the project
            return not self.stdlib_only or imported.partition(".")[0] in sys.stdlib_module_names
        if inside(imported, source):
            return not self.independent or source in (importer, imported) or _same(importer, imported, source)
        return inside_any(imported, [*self.allowed_modules, *self.source_modules])


class Confined(DirectImports):
    """The libraries `packages` are imported nowhere but in modules that match one of the patterns `to`."""

    packages: Any = fields.ListField(subfield=fields.StringField())
    to: Any = fields.ListField(subfield=fields.StringField())

    def broken(self, graph: ImportGraph) -> Iterator[tuple[str, str]]:
        for imported in sorted(graph.modules):
            if inside_any(imported, self.packages):
                for importer in graph.find_modules_that_directly_import(imported):
                    if not any(fnmatchcase(importer, pattern) for pattern in self.to):
                        yield importer, imported


def _same(importer: str, imported: str, package: str) -> bool:
    """Tell whether two modules below a package are of one name: `wechat` and `wechat_menu`."""
    first, second = (
        module[len(package) + 1 :].partition(".")[0].partition("_")[0] for module in (importer, imported)
    )
    return first == second
