"""Settings, frozen; each comes from an environment variable, `.env`, or the TOML file in `HOTLINE_CONFIG`."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Annotated, Any, Literal

from dotenv import dotenv_values
from pydantic import SecretStr, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot import accounts
from bot.accounts import TelegramAccount, WechatAccount, WecomAccount
from bot.desk.watch_policy import CHAIN
from bot.errors import SettingError

PREFIX = "HOTLINE_"
CONFIG = "HOTLINE_CONFIG"
_PHONE = re.compile(r"^[0-9+][0-9 -]{4,19}$")


class Settings(BaseSettings):
    """What an operator can set; see the table in the README."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore", frozen=True)

    database_url: str = "sqlite:///hotline.db"
    data: Path = Path("data")
    public_url: str | None = None
    knowledge: Path | None = None
    hotline_numbers: Annotated[tuple[str, ...], NoDecode] = ("400-818-1110", "010-62283281")
    sales_contact: str = "商务同事"
    attachment_mb: int = 20
    attachment_days: int = 180
    silence_hours: int = 24
    reopen_days: int = 7
    update_minutes: int = 60
    follow_up_hours: int = 9
    alarm_urls: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    alarm_office: Annotated[tuple[time, time], NoDecode] = (time(9), time(18))
    alarm_chain_p1: Annotated[tuple[int, ...], NoDecode] = (0, 10, 20, 30)
    alarm_chain_p2: Annotated[tuple[int, ...], NoDecode] = (0, 30, 60, 120)
    alarm_repeat_p1: int = 30
    alarm_repeat_p2: int = 240
    outage_reports: int = 5
    outage_minutes: int = 5
    deadman_url: SecretStr | None = None
    telegram: dict[str, TelegramAccount] = {}
    wechat: dict[str, WechatAccount] = {}
    wecom: dict[str, WecomAccount] = {}
    log: Literal["text", "json"] = "text"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("telegram", "wechat", "wecom", mode="before")
    @classmethod
    def _accounts(cls, value: Any) -> Any:
        return accounts.checked(value)

    @field_validator("telegram")
    @classmethod
    def _bots(cls, value: dict[str, TelegramAccount]) -> dict[str, TelegramAccount]:
        names: dict[str, str] = {}
        for name, account in value.items():
            other = names.setdefault(account.token.get_secret_value(), name)
            if other != name:
                raise ValueError(f"{other} and {name} have the same token: one bot is one account")
        return value

    @field_validator("hotline_numbers", mode="before")
    @classmethod
    def _numbers(cls, value: Any) -> Any:
        numbers = value.split(",") if isinstance(value, str) else value
        numbers = tuple(number.strip() for number in numbers if number.strip())
        if not numbers or not all(_PHONE.match(number) for number in numbers):
            raise ValueError("must be phone numbers separated by commas")
        return numbers

    @field_validator("knowledge")
    @classmethod
    def _folder(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_dir():
            raise ValueError(f"{value} is not a folder")
        return value

    @field_validator("alarm_urls", mode="before")
    @classmethod
    def _urls(cls, value: Any) -> Any:
        return tuple(value.split()) if isinstance(value, str) else value

    @field_validator("alarm_office", mode="before")
    @classmethod
    def _hours(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        opens, _, closes = value.partition("-")
        try:
            hours = time.fromisoformat(opens.strip()), time.fromisoformat(closes.strip())
        except ValueError:
            raise ValueError("must be hours like 09:00-18:00") from None
        if hours[0] == hours[1]:
            raise ValueError("opens and closes at the same time")
        return hours

    @field_validator("alarm_chain_p1", "alarm_chain_p2", mode="before")
    @classmethod
    def _chain(cls, value: Any) -> Any:
        parts = value.split(",") if isinstance(value, str) else value
        try:
            minutes = tuple(int(part) for part in parts)
        except (TypeError, ValueError):
            minutes = ()
        if len(minutes) != len(CHAIN) or list(minutes) != sorted(minutes) or minutes[0] != 0:
            raise ValueError("must be four rising numbers of minutes that begin with 0, such as 0,10,20,30")
        return minutes

    @field_validator("deadman_url")
    @classmethod
    def _web_address(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value

    @field_validator("update_minutes", "follow_up_hours")
    @classmethod
    def _not_negative(cls, value: int) -> int:
        if value < 0:
            raise ValueError("must be 0, for no such rule, or more")
        return value

    @field_validator(
        "attachment_mb",
        "attachment_days",
        "silence_hours",
        "reopen_days",
        "alarm_repeat_p1",
        "alarm_repeat_p2",
        "outage_reports",
        "outage_minutes",
    )
    @classmethod
    def _positive(cls, value: int) -> int:
        if value < 1:
            raise ValueError("must be at least 1")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment before `.env`; what `load` read from the TOML file comes last."""
        del file_secret_settings
        assert isinstance(env_settings, EnvSettingsSource)  # noqa: S101 - both are, the second by the first
        assert isinstance(dotenv_settings, EnvSettingsSource)  # noqa: S101
        return (
            env_settings,
            _AccountVariables(settings_cls, env_settings.env_vars),
            dotenv_settings,
            _AccountVariables(settings_cls, dotenv_settings.env_vars),
            init_settings,
        )


class _AccountVariables(PydanticBaseSettingsSource):
    """The one account of each platform that plain variables describe (HOTLINE_TELEGRAM_TOKEN …)."""

    def __init__(self, settings_cls: type[BaseSettings], variables: Mapping[str, str | None]) -> None:
        super().__init__(settings_cls)
        prefix = PREFIX.lower()
        self._variables = {
            name.lower().removeprefix(prefix): value
            for name, value in variables.items()
            if name.lower().startswith(prefix)
        }

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Return nothing: accounts are read all at once."""
        del field
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        """Return the accounts, by platform."""
        return accounts.described(self._variables)


def load(**overrides: Any) -> Settings:
    """Read the settings; ``overrides`` (of the command line) go before all of them.

    Raises:
        SettingError: names the variable and what is wrong with it; a secret's value is never shown.
    """
    try:
        read = Settings(**_config_file())
        return read.model_copy(update={key: value for key, value in overrides.items() if value is not None})
    except ValidationError as error:
        raise SettingError(_sentence(error)) from None


def _config_file() -> dict[str, Any]:
    path = os.environ.get(CONFIG)
    if not path:
        return {}
    if not Path(path).is_file():
        raise SettingError(f"{CONFIG}: there is no file {path}")
    if Path(path).suffix != ".toml":
        values = {key.removeprefix(PREFIX).lower(): value for key, value in dotenv_values(path).items()}
        return _known(path, accounts.gathered(values))
    try:
        return _known(path, tomllib.loads(Path(path).read_text(encoding="utf-8")))
    except OSError as error:
        raise SettingError(f"{CONFIG}: cannot read {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingError(f"{CONFIG}: {path} is not valid TOML: {error}") from error


def _known(path: str, values: dict[str, Any]) -> dict[str, Any]:
    unknown = sorted(set(values) - set(Settings.model_fields))
    if unknown:
        raise SettingError(f"{CONFIG}: {path} has unknown settings: {', '.join(unknown)}")
    return values


def _sentence(error: ValidationError) -> str:
    """Return one sentence that names every wrong variable, without the values."""
    problems = []
    for item in error.errors(include_input=False, include_url=False):
        where = [str(part) for part in item["loc"] if part != accounts.DEFAULT]
        name = PREFIX + "_".join(where).upper()
        problems.append(f"{name}: {item['msg'].removeprefix('Value error, ')}")
    return "; ".join(problems)
