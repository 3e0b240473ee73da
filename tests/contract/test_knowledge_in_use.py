"""The knowledge base in a running service: edits are taken up, broken ones refused, corrections are mined."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

import knowledge
from bot import samples
from bot.app import App
from bot.settings import Settings
from bot.store.corrections import corrected
from tests.support.world import CHANNEL, Phones, World


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "knowledge"
    copy.mkdir()
    for file in [*knowledge.PACKAGED.glob("*.yaml"), *knowledge.PACKAGED.glob("*ing.tsv")]:
        shutil.copy(file, copy)
    return copy


def test_an_edit_is_taken_up_and_a_broken_one_refused_while_the_service_runs(
    migrated_url: str, folder: Path, world: World
) -> None:
    phones = Phones()
    app = App(Settings(database_url=migrated_url, knowledge=folder), {CHANNEL: phones}, world.read_clock)
    samples.load(app.store, world.now, CHANNEL)
    before = app.classifier
    file = folder / "reports.yaml"
    good = file.read_text(encoding="utf-8")

    file.write_text(good + "\n  - : broken [", encoding="utf-8")
    app.sweep()
    app.deliver()
    assert app.classifier is before
    told = phones.delivered["staff"][-1].text
    assert told.startswith("⚠ 知识库的修改有误，仍用旧版：reports.yaml:")
    assert told.endswith("改好保存后自动生效。")

    file.write_text(good + "\n# 改了一行\n", encoding="utf-8")
    app.sweep()
    app.deliver()
    assert app.classifier is not before
    assert phones.delivered["staff"][-1].text.startswith("知识库已更新，版本")
    count = len(phones.delivered["staff"])
    app.sweep()
    app.deliver()
    assert len(phones.delivered["staff"]) == count
    app.close()


def test_support_is_told_of_an_edit_once_by_all_processes(
    migrated_url: str, folder: Path, world: World
) -> None:
    phones = Phones()
    loaded = Settings(database_url=migrated_url, knowledge=folder)
    apps = [App(loaded, {CHANNEL: phones}, world.read_clock) for _ in range(2)]
    samples.load(apps[0].store, world.now, CHANNEL)
    file = folder / "reports.yaml"
    good = file.read_text(encoding="utf-8")

    for edit in ("# 改了一行", "# 又改了一行", "# 改了一行"):
        file.write_text(f"{good}\n{edit}\n", encoding="utf-8")
        apps[0].sweep()
        world.now += timedelta(seconds=1)
        apps[0].deliver()
    world.now += timedelta(hours=1)
    apps[1].sweep()  # it was away for an hour
    apps[1].deliver()
    told = [said.text for said in phones.delivered["staff"]]
    for app in apps:
        app.close()
    assert len(told) == 3
    assert told[0] == told[2] != told[1]
    assert all(text.startswith("知识库已更新，版本") for text in told)


def test_what_support_judged_otherwise_is_found_for_the_rules(world: World) -> None:
    world.customer("有两个座席登不上")
    world.staff("改级 T1 1 客户说全部")
    world.customer("IVR挂了", who="enhanced")
    world.staff("确认 T2 1")

    with world.app.store.read() as session:
        assert list(corrected(session)) == [("有两个座席登不上", "P2", "P1")]
