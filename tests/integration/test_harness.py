"""The tests' own ground: databases of their own, a page that talks to this machine only, skips that count."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Error, Page

ROOT = Path(__file__).parents[2]
SKIPPING = """
import pytest

{top}

def test_that_skips():
    pytest.skip("there is no moon")

@pytest.mark.xfail(reason="known", strict=True)
def test_that_is_expected_to_fail():
    assert False
"""


@pytest.mark.parametrize("run", [1, 2])
def test_a_test_finds_its_database_empty(database_url: str, run: int) -> None:
    engine = sa.create_engine(database_url)
    with engine.begin() as connection:
        assert sa.inspect(connection).get_table_names() == []
        connection.execute(sa.text("CREATE TABLE seen (run INTEGER)"))
        connection.execute(sa.text("INSERT INTO seen VALUES (:run)"), {"run": run})
        assert connection.execute(sa.text("SELECT run FROM seen")).scalars().all() == [run]
    engine.dispose()


def test_postgresql_keeps_chinese_text_and_compares_by_code_point(postgres_url: str) -> None:
    engine = sa.create_engine(postgres_url)
    with engine.connect() as connection:
        query = sa.text("SELECT t FROM (VALUES ('座席'), ('b'), ('A')) AS v(t) ORDER BY t")
        assert connection.execute(query).scalars().all() == ["A", "b", "座席"]
    engine.dispose()


def test_a_page_shows_chinese_and_runs_scripts(page: Page) -> None:
    page.set_content("<p id=p>旧</p><script>document.getElementById('p').textContent = '座席登录'</script>")
    assert page.inner_text("#p") == "座席登录"


def test_a_page_reaches_no_other_machine(page: Page, page_faults: list[str]) -> None:
    with pytest.raises(Error, match="ERR_FAILED"):
        page.goto("http://192.0.2.1/")
    assert page_faults == ["asked for http://192.0.2.1/"]
    page_faults.clear()


def test_a_script_error_in_a_page_is_seen(page: Page, page_faults: list[str]) -> None:
    page.set_content("<script>throw new Error('坏了')</script>")
    page.wait_for_function("true")
    assert page_faults == ["script error: 坏了"]
    page_faults.clear()


def run_pytest(folder: Path, top: str, **environment: str) -> str:
    """Run a test file that skips under the project's rules, and return what pytest printed."""
    (folder / "test_moon.py").write_text(SKIPPING.format(top=top))
    (folder / "pytest.ini").write_text("[pytest]\n")
    env = {name: value for name, value in os.environ.items() if name not in ("CI", "HOTLINE_NO_SKIP")}
    command = [sys.executable, "-m", "pytest", "-p", "tests.support.needs", "--rootdir", str(folder)]
    command += ["-c", str(folder / "pytest.ini"), "-p", "no:cacheprovider", str(folder)]
    result = subprocess.run(
        command, cwd=ROOT, env=env | environment, capture_output=True, text=True, check=False
    )
    return result.stdout


def test_a_skip_is_a_skip_on_a_developers_machine(tmp_path: Path) -> None:
    assert "1 skipped, 1 xfailed" in run_pytest(tmp_path, "")


@pytest.mark.parametrize("environment", [{"CI": "true"}, {"HOTLINE_NO_SKIP": "1"}])
def test_a_skip_is_a_failure_where_nothing_may_be_skipped(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    printed = run_pytest(tmp_path, "", **environment)
    assert "nothing may be skipped in this run: Skipped: there is no moon" in printed
    assert "1 failed, 1 xfailed" in printed


def test_a_skipped_module_is_a_failure_where_nothing_may_be_skipped(tmp_path: Path) -> None:
    printed = run_pytest(tmp_path, 'pytest.importorskip("no_such_module_here")', CI="true")
    assert "1 error" in printed


def test_a_test_is_skipped_with_a_reason_where_there_is_no_chromium(tmp_path: Path) -> None:
    top = "@pytest.mark.browser\ndef test_of_a_page():\n    pass\n"
    printed = run_pytest(tmp_path, top, PATH=str(tmp_path))
    assert "2 skipped" in printed
