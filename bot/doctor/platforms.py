"""Checks of the accounts on chat platforms: what can be seen from here of their set-up."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from bot import clock
from bot.accounts import WechatAccount
from bot.channels import wechat_menu
from bot.channels.wechat import api_of, callback_of
from bot.doctor.finding import Finding, fail, ok, warn
from bot.doctor.reach import reach
from bot.settings import Settings
from bot.tencent.client import WechatApi
from bot.tencent.failures import PlatformError, Trouble

_KNOWN = "see docs/wechat.md"
_FIELD = re.compile(r"\{\{\s*(\w+)\.DATA\s*\}\}")  # as it stands in a template
_ADVICE: Mapping[int | None, str] = {
    40164: "add that address to 基本配置 → IP白名单 on mp.weixin.qq.com",
    40125: "HOTLINE_WECHAT_SECRET is not the account's AppSecret: copy or reset it in 基本配置",
    40001: "HOTLINE_WECHAT_SECRET is not the account's AppSecret: copy or reset it in 基本配置",
    40013: "HOTLINE_WECHAT_APPID is not an AppID (开发者ID)",
    48001: "the account is not verified (微信认证): it can only answer what users write",
    None: "is the platform reachable from here? its addresses: api.weixin.qq.com, port 443",
}


class Nowhere:
    """Keeps nothing: looking changes nothing. The platform gives the token that the service has, too."""

    _token: tuple[str, datetime, datetime | None] | None = None

    def token(self, _key: str) -> tuple[str, datetime, datetime | None] | None:
        return self._token

    def lease(self, _key: str, _now: datetime, _until: datetime) -> bool:
        return True

    def keep(self, _key: str, token: tuple[str, datetime, datetime | None] | None) -> None:
        self._token = token


def check_wechat(settings: Settings) -> Iterator[Finding]:
    """Check every WeChat account: where we are called, how callbacks are proven, what the API says."""
    for name, account in settings.wechat.items():
        yield address(f"wechat {name}: callback", f"wechat/{name}", settings.public_url, "服务器地址(URL)")
        if settings.public_url is not None:
            url = f"{settings.public_url.rstrip('/')}/wechat/{name}"
            callback, now = callback_of(account), clock.now()
            yield reach(f"wechat {name}: reached", url, callback, now, is_sealed=False)
        yield _mode(f"wechat {name}: mode", account)
        api = api_of(account, Nowhere(), clock.now)
        try:
            yield from _api(f"wechat {name}", api, account)
        finally:
            api.close()


def address(check: str, path: str, public_url: str | None, field: str) -> Finding:
    """Say by which address a platform calls us, and in which ``field`` of its page it must stand."""
    if public_url is None:
        return warn(
            check, "HOTLINE_PUBLIC_URL is not set", "set it to the address by which the platform reaches us"
        )
    url = f"{public_url.rstrip('/')}/{path}"
    host = public_url.partition("://")[2]
    if "/" in host.rstrip("/") or ":" in host:
        return warn(check, url, "Tencent calls ports 80 and 443 only, and this address must end at our root")
    return ok(check, f"{url} is what {field} must say")


def _mode(check: str, account: WechatAccount) -> Finding:
    if account.mode == "secure":
        return ok(check, "secure (安全模式): what a callback says is proven")
    return warn(
        check, "plain (明文模式): the signature does not cover the message", "use 安全模式, mode secure"
    )


def _api(check: str, api: WechatApi, account: WechatAccount) -> Iterator[Finding]:
    try:
        found = wechat_menu.menu_of(api)
    except PlatformError as error:
        advice = _ADVICE.get(error.code, _KNOWN)
        is_usable = error.trouble is Trouble.UNAUTHORISED  # as an account that only answers
        yield (warn if is_usable else fail)(f"{check}: api", str(error), advice)
        return
    yield ok(f"{check}: api", "a token is given, and this server's address is whitelisted")
    if found == wechat_menu.menu():
        yield ok(f"{check}: menu", "as this version makes it")
    elif found is None:
        yield warn(f"{check}: menu", "none", "`hotline wechat menu` makes it")
    else:
        yield warn(f"{check}: menu", "another one", "`hotline wechat menu` makes ours, which replaces it")
    if account.template:
        yield _filled(TEMPLATE, check, api, account)
    elif account.notice:
        yield _filled(NOTICE, check, api, account)


@dataclass(frozen=True, slots=True)
class _Filled:
    """A kind of message with templates: by which call they are listed, on which page they stand."""

    name: str
    call: str
    of: Callable[[WechatAccount], str | None]
    id: str
    page: str
    listed: str
    variable: str


TEMPLATE = _Filled(
    name="template",
    call="template/get_all_private_template",
    listed="template_list",
    id="template_id",
    of=attrgetter("template"),
    page="模板消息 → 我的模板",
    variable="HOTLINE_WECHAT_TEMPLATE",
)
NOTICE = _Filled(
    name="notice",
    call="/wxaapi/newtmpl/gettemplate",
    listed="data",
    id="priTmplId",
    of=attrgetter("notice"),
    page="订阅通知 → 我的模板",
    variable="HOTLINE_WECHAT_NOTICE",
)


def _filled(kind: _Filled, account_check: str, api: WechatApi, account: WechatAccount) -> Finding:
    """Say whether the account has the template, and whether its fields are those of the settings."""
    check, wanted = f"{account_check}: {kind.name}", kind.of(account)
    try:
        found = api.get(kind.call).get(kind.listed, [])
    except PlatformError as error:
        return warn(check, str(error), _ADVICE.get(error.code, _KNOWN))
    contents = {one.get(kind.id): str(one.get("content", "")) for one in found}
    if wanted not in contents:
        return fail(
            check, "the account has no such template", f"copy 模板ID from {kind.page} into {kind.variable}"
        )
    fields = set(_FIELD.findall(contents[wanted]))
    if fields != set(account.notice_fields):
        advice = f"set HOTLINE_WECHAT_NOTICE_FIELDS to its fields: {', '.join(sorted(fields))}"
        return fail(check, "its fields are others", advice)
    return ok(check, "the account has it, with these fields")
