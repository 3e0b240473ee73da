"""Accounts on the chat platforms, as the operator sets them; frozen, secrets hidden."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, SecretStr, model_validator

DEFAULT = "default"  # the name of the one account that plain variables describe
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


def _web_address(value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise ValueError("must begin with http:// or https://")
    return value.rstrip("/")


def _not_empty(value: SecretStr) -> SecretStr:
    if not value.get_secret_value().strip():
        raise ValueError("must not be empty")
    return value


def _for_a_header(value: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", value.get_secret_value()):
        raise ValueError("must be 1 to 256 letters, digits, _ and -: Telegram takes no other")
    return value


def _pairs(value: Any) -> Any:
    """Return ``thing1=text,time2=time`` as pairs."""
    if not isinstance(value, str):
        return value
    return dict(pair.strip().partition("=")[::2] for pair in value.split(","))


def _topic(value: str) -> str:
    if not re.fullmatch(r"[1-9][0-9]{0,9}", value):
        raise ValueError("must be a topic's number: of https://t.me/c/1234567890/7/45 the 7")
    return value


WebAddress = Annotated[str, AfterValidator(_web_address)]
Secret = Annotated[SecretStr, AfterValidator(_not_empty)]
HeaderSecret = Annotated[SecretStr, AfterValidator(_for_a_header)]


class Account(BaseModel):
    """One account on a platform."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)


class TelegramAccount(Account):
    """A bot on Telegram.

    Attributes:
        secret: what the platform must send in its header (``X-Telegram-Bot-Api-Secret-Token``).
        staff_chat: the platform's id of the group in which support works.
        staff_topic: the number of the topic there for cards and alarms; None: the general one.
        proxy: through which the platform is reached, such as ``socks5://127.0.0.1:1080``.
    """

    token: Secret
    secret: HeaderSecret | None = None
    mode: Literal["polling", "webhook"] = "polling"
    staff_chat: str | None = None
    staff_topic: Annotated[str, AfterValidator(_topic)] | None = None
    proxy: SecretStr | None = None
    api_base: WebAddress = "https://api.telegram.org"

    @model_validator(mode="after")
    def _webhook_needs_a_secret(self) -> Self:
        if self.mode == "webhook" and self.secret is None:
            raise ValueError("mode webhook needs a secret: without it anybody could write as anybody")
        return self

    @model_validator(mode="after")
    def _topic_needs_a_group(self) -> Self:
        if self.staff_topic is not None and self.staff_chat is None:
            raise ValueError("staff_topic needs staff_chat: the group that the topic is of")
        return self


class WechatAccount(Account):
    """A WeChat Official Account (公众号).

    Attributes:
        token: of the platform's page 服务器配置; proves that a callback is the platform's.
        aes_key: EncodingAESKey, 43 characters; mode secure needs it.
        template: id of a template message (模板消息) that asks the user to write when nothing else may go.
        notice: id of a subscription notice (订阅通知) for the same; used where there is no template.
        notice_fields: the fields of either, and what stands in each: ``ticket``, ``text`` or ``time``.
    """

    appid: str
    secret: Secret
    token: Secret
    aes_key: Secret | None = None
    mode: Literal["secure", "plain"] = "secure"
    api_base: WebAddress = "https://api.weixin.qq.com"
    template: str | None = None
    notice: str | None = None
    notice_fields: Annotated[Mapping[str, Literal["ticket", "text", "time"]], BeforeValidator(_pairs)] = {
        "character_string1": "ticket",
        "thing2": "text",
        "time3": "time",
    }

    @model_validator(mode="after")
    def _secure_needs_a_key(self) -> Self:
        _check_key(self.aes_key, needed=self.mode == "secure")
        return self


class WecomAccount(Account):
    """An application of ours in WeCom (企业微信), for support.

    Attributes:
        agent: AgentId of the application.
        aes_key: EncodingAESKey, 43 characters.
    """

    corpid: str
    secret: Secret
    agent: str
    token: Secret
    aes_key: Secret
    api_base: WebAddress = "https://qyapi.weixin.qq.com"

    @model_validator(mode="after")
    def _key_has_its_length(self) -> Self:
        _check_key(self.aes_key, needed=True)
        return self


def _check_key(key: SecretStr | None, *, needed: bool) -> None:
    if key is None:
        if needed:
            raise ValueError("mode secure needs aes_key")
        return
    if not re.fullmatch(r"[A-Za-z0-9]{43}", key.get_secret_value()):
        raise ValueError("aes_key must be 43 letters and digits")


PLATFORMS: Mapping[str, type[Account]] = {
    "telegram": TelegramAccount,
    "wechat": WechatAccount,
    "wecom": WecomAccount,
}


def described(variables: Mapping[str, Any]) -> dict[str, Any]:
    """Return, by platform, the account that plain variables describe, such as ``telegram_token``."""
    found = {}
    for platform, account in PLATFORMS.items():
        names = {f"{platform}_{field}": field for field in account.model_fields}
        if given := {field: variables[name] for name, field in names.items() if variables.get(name)}:
            found[platform] = {DEFAULT: given}
    return found


def gathered(variables: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables with those that describe an account put together."""
    names = {
        f"{platform}_{field}" for platform, account in PLATFORMS.items() for field in account.model_fields
    }
    return {name: value for name, value in variables.items() if name not in names} | described(variables)


def checked(accounts: Any) -> Any:
    """Return accounts by name, as TOML tables such as ``[telegram.sales]`` give them.

    Raises:
        ValueError: a name can't stand in a web address.
    """
    for name in accounts if isinstance(accounts, dict) else ():
        if not _NAME.fullmatch(name):
            raise ValueError(f"an account's name must be small letters, digits and hyphens, not {name!r}")
    return accounts
