"""Compiled modules: whether they are of the sources at hand, and the same program as plain Python."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
SUFFIX = EXTENSION_SUFFIXES[0]


def compiled(root: Path = ROOT) -> Iterator[tuple[Path, Path]]:
    """Yield each module of the tree that is compiled for this interpreter, and its source."""
    for package in ("bot", "intents"):
        for path in (root / package).rglob(f"*{SUFFIX}"):
            source = path.with_name(path.name.removesuffix(SUFFIX) + ".py")
            if source.exists():
                yield path, source


def outdated(root: Path = ROOT) -> list[str]:
    """Return the sources that were changed after they were compiled."""
    old = [source for path, source in compiled(root) if path.stat().st_mtime < source.stat().st_mtime]
    return sorted(str(source.relative_to(root)) for source in old)


def pytest_sessionstart() -> None:
    if old := outdated():
        pytest.exit(f"changed since they were compiled: {', '.join(old)} (`make test` compiles anew)", 3)


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """Return the package `intents` as plain Python, whatever is compiled; its modules are its attributes."""
    folder = tmp_path_factory.mktemp("plain")
    for name in ("intents", "knowledge"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.so"))
    ours = [name for name in sys.modules if name.partition(".")[0] in ("intents", "knowledge")]
    saved = {name: sys.modules.pop(name) for name in ours}
    sys.path.insert(0, str(folder))
    try:
        return import_module("intents")
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name.partition(".")[0] in ("intents", "knowledge")]:
            del sys.modules[name]
        sys.modules.update(saved)
