"""The project as it is handed out: what a wheel holds, what is pinned, what must stand in no file."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "intents", "knowledge")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PINS = {
    canonicalize_name(name): version
    for line in (ROOT / "constraints.txt").read_text().splitlines()
    if not line.startswith("#")
    for name, _, version in [line.partition("==")]
}


def test_a_wheel_holds_the_code_and_every_data_file(tmp_path: Path) -> None:
    for name in ("pyproject.toml", "README.md", "LICENSE", "setup.py"):
        shutil.copy(ROOT / name, tmp_path)
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", ".*", "*.so")
        )
    build = "from setuptools.build_meta import build_wheel; build_wheel('dist')"
    plain = os.environ | {"HOTLINE_PURE": "1"}  # compiling takes half a minute: `make` has done it
    subprocess.run([sys.executable, "-c", build], cwd=tmp_path, env=plain, check=True, capture_output=True)
    [wheel] = (tmp_path / "dist").glob("hotline-*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    files = {
        str(path.relative_to(tmp_path))
        for package in PACKAGES
        for path in (tmp_path / package).rglob("*")
        if path.is_file()
    }
    assert files - held == set()
    assert {name.partition("/")[0] for name in held} - set(PACKAGES) == {
        f"hotline-{PROJECT['project']['version']}.dist-info"
    }


def test_every_pin_is_one_exact_version_and_no_address() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    odd = [line for line in lines if not re.fullmatch(r"# .*|[A-Za-z0-9][\w.-]*==[0-9][\w.+!]*", line)]
    assert odd == []


def test_everything_that_is_installed_for_the_project_is_pinned() -> None:
    project = PROJECT["project"]
    wanted = [*PROJECT["build-system"]["requires"], *project["dependencies"]]
    wanted += [line for extra in project["optional-dependencies"].values() for line in extra]
    queue = [Requirement(line) for line in wanted]
    seen: set[str] = {"hotline"}
    unpinned: set[str] = set()
    while queue:
        requirement = queue.pop()
        name = canonicalize_name(requirement.name)
        if name == "hotline":
            continue
        if name not in PINS or not requirement.specifier.contains(PINS[name], prereleases=True):
            unpinned.add(str(requirement))
        key = f"{name}{sorted(requirement.extras)}"
        if key not in seen:
            seen.add(key)
            queue += _needs_of(requirement)
    assert unpinned == set()


def _needs_of(requirement: Requirement) -> list[Requirement]:
    """Return what an installed distribution needs on this machine, with the extras that are asked for."""
    try:
        lines = requires(requirement.name) or []
    except PackageNotFoundError:
        return []
    needs = [Requirement(line) for line in lines]
    extras = ["", *requirement.extras]
    return [
        need for need in needs if not need.marker or any(need.marker.evaluate({"extra": e}) for e in extras)
    ]


@pytest.mark.parametrize(
    "name", ["pyproject.toml", "constraints.txt", "setup.py", "Makefile", "Dockerfile", ".ci/run"]
)
def test_what_installs_the_project_names_no_address(name: str) -> None:
    assert re.findall(r"https?://(?!127\.0\.0\.1)\S+|--(?:extra-)?index-url|--find-links", _text(name)) == []


def test_no_file_names_a_folder_of_one_machine() -> None:
    found = {
        str(path): hits
        for path in _files()
        if (hits := re.findall(r"(?<![\w.])/(?:work|root|home)/\S*", _text(path)))
    }
    assert found == {}


def test_the_changelog_tells_of_this_version() -> None:
    assert f"## {PROJECT['project']['version']}" in _text("CHANGELOG.md")


def test_every_target_that_the_guides_name_is_in_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z]+):", _text("Makefile"), flags=re.M))
    named = {
        word
        for name in ("README.md", "CONTRIBUTING.md")
        for word in re.findall(r"`make ([a-z]+)", _text(name))
    }
    assert named >= {"run", "test"}
    assert named - targets == set()


def _files() -> list[Path]:
    """Return the project's own text files, by git where it is at hand, else all but what make made."""
    if shutil.which("git") and (ROOT / ".git").exists():
        command = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"]
        listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
        names = [ROOT / name for name in listed.split("\0") if name]
    else:
        rooms = [*PACKAGES, "tests", "docs", ".ci"]
        names = [
            path for room in rooms for path in (ROOT / room).rglob("*") if "__pycache__" not in path.parts
        ]
        names += ROOT.glob("*.*")
    return [path for path in names if path.is_file() and path.suffix not in (".png", ".db", ".xlsx")]


def _text(path: str | Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")
