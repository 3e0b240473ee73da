"""`compose.yaml` names what the program has: its commands, its settings, its port."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from sqlalchemy import make_url

from bot.cli import hotline
from bot.commands.running import END_WITHIN_S
from bot.settings import Settings
from bot.web import health, metrics

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
OURS = {name: one for name, one in COMPOSE["services"].items() if one.get("image") == "hotline"}


def test_there_are_two_that_take_messages_and_two_that_deliver() -> None:
    assert {name: one["deploy"]["replicas"] for name, one in OURS.items() if "deploy" in one} == {
        "serve": 2,
        "worker": 2,
    }
    assert {"database", "proxy"} <= COMPOSE["services"].keys()


@pytest.mark.parametrize("name", OURS)
def test_each_command_is_one_that_the_program_takes(name: str) -> None:
    command: click.Command = hotline
    arguments = list(map(str, OURS[name]["command"]))
    context = click.Context(command)
    while isinstance(command, click.Group):
        found = command.get_command(context, arguments.pop(0))
        assert found is not None
        command = found
    command.make_context(command.name, arguments)  # raises for what it does not know


@pytest.mark.parametrize("name", OURS)
def test_what_it_is_told_comes_from_the_file_that_the_documents_name(name: str) -> None:
    assert OURS[name]["env_file"] == ".env"
    assert "Into `.env` beside it" in (ROOT / "docs/operations.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", OURS)
def test_it_has_the_password_that_the_database_asks_for(name: str) -> None:
    environment = OURS[name]["environment"]
    database = COMPOSE["services"]["database"]["environment"]
    url = make_url(environment["HOTLINE_DATABASE_URL"])
    assert environment["PGPASSWORD"] == database["POSTGRES_PASSWORD"]
    assert (url.username, url.host, url.database) == (
        database["POSTGRES_USER"],
        "database",
        database["POSTGRES_DB"],
    )


def test_the_migration_waits_for_the_server_that_others_can_reach() -> None:
    """The first start sets the database up by a server on its own socket: it is ready for nobody else."""
    assert COMPOSE["services"]["migrate"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert "--host=127.0.0.1" in COMPOSE["services"]["database"]["healthcheck"]["test"]


def test_each_secret_that_is_named_is_given() -> None:
    used = set(re.findall(r"/run/secrets/(\w+)", (ROOT / "compose.yaml").read_text(encoding="utf-8")))
    assert used <= COMPOSE.get("secrets", {}).keys()
    assert all(used <= set(one.get("secrets", ())) for one in OURS.values())


@pytest.mark.parametrize("name", OURS)
def test_each_setting_is_one_that_the_program_reads(name: str) -> None:
    variables = [
        key.removeprefix("HOTLINE_").lower() for key in OURS[name]["environment"] if "HOTLINE_" in key
    ]
    assert variables
    assert set(variables) <= Settings.model_fields.keys()


def test_health_and_figures_are_not_passed_on() -> None:
    proxy: str = COMPOSE["configs"]["proxy"]["content"]
    [inside] = [line for line in proxy.splitlines() if "@inside path" in line]
    fake: Any = type("Service", (), {"app": None})
    assert {route.path for route in [*health.routes(fake), metrics.route(fake.app)]} <= set(inside.split())


def test_what_a_service_names_is_declared() -> None:
    services = COMPOSE["services"]
    for one in services.values():
        assert set(one.get("depends_on", ())) <= services.keys()
        assert {volume.partition(":")[0] for volume in one.get("volumes", ())} <= COMPOSE["volumes"].keys()
        assert {config["source"] for config in one.get("configs", ())} <= COMPOSE["configs"].keys()


@pytest.mark.parametrize("name", OURS)
def test_it_gets_the_time_that_it_takes_to_end_and_keeps_files_where_the_image_does(name: str) -> None:
    assert int(OURS[name]["stop_grace_period"].removesuffix("s")) > END_WITHIN_S
    [volume] = OURS[name]["volumes"]
    assert f"HOTLINE_DATA={volume.partition(':')[2]}" in (ROOT / "Dockerfile").read_text(encoding="utf-8")
