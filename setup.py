"""What pyproject.toml cannot say: the modules that every message runs through are compiled, where possible.

pyproject.toml lists them. It needs mypy, whose mypyc compiles them, and a C compiler: without these, or with
HOTLINE_PURE=1, the very same modules are installed as they are, and run at half the speed.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
import sysconfig
import tomllib
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from textwrap import shorten
from typing import Any

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

#: The commands that build; setup.py is run for metadata too.
BUILDS = {"bdist_wheel", "build_ext", "editable_wheel"}
SUFFIX = str(sysconfig.get_config_var("EXT_SUFFIX"))


def extensions() -> list[Extension]:
    """Return what is to be built; nothing, with one line that says why, where it cannot be."""
    if not BUILDS.intersection(sys.argv) or os.environ.get("HOTLINE_PURE"):
        return []
    compiler = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cl")[0]
    if shutil.which(compiler) is None:
        return _nothing(f"there is no C compiler ({compiler})")
    try:
        from mypyc.build import mypycify
    except ImportError:
        return _nothing("mypy is not installed")
    options = ["--config-file=", "--ignore-missing-imports", "--cache-dir=build/mypy"]
    sources = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["tool"]["hotline"]["compiled"]
    said = StringIO()
    try:
        with redirect_stdout(said), redirect_stderr(said):
            found = mypycify(
                [*options, *sources], opt_level="2", debug_level="0", group_name="intents.compiled"
            )
    except SystemExit:
        return _nothing(f"mypyc refuses it: {said.getvalue().strip()}")
    if sys.platform != "win32":
        # what calls itself past the table of symbols, and is small, is 6% faster than at -O3
        for one in found:
            one.extra_compile_args.append("-fvisibility=hidden")
    return found


def _nothing(why: str) -> list[Extension]:
    print(f"hotline: not compiled, {why}; it works all the same, only slower", file=sys.stderr)
    return []


class Build(build_ext):
    """All or nothing, and nothing old: compiled modules call each other past their sources."""

    def finalize_options(self) -> None:
        super().finalize_options()
        self.force = True
        self.parallel = os.cpu_count()

    def run(self) -> None:
        if self.inplace:
            for package in ("bot", "intents"):
                for old in Path(package).rglob(f"*{SUFFIX}"):
                    old.unlink()
        try:
            super().run()
        except Exception as error:  # noqa: BLE001 - whatever it is, the installation goes on without it
            for built in self.get_outputs():
                Path(built).unlink(missing_ok=True)
            self.extensions = _nothing(shorten(str(error), 100))


options: dict[str, Any] = {"cmdclass": {"build_ext": Build}}
if found := extensions():
    options["ext_modules"] = found
setup(**options)
