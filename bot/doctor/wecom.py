"""Checks of the applications in WeCom: what can be seen from here of their set-up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot import clock
from bot.accounts import WecomAccount
from bot.channels.wecom import agent_of, api_of
from bot.channels.wecom_callback import callback_of
from bot.doctor.finding import Finding, fail, ok, warn
from bot.doctor.platforms import Nowhere, address
from bot.doctor.reach import reach
from bot.settings import Settings
from bot.tencent.failures import PlatformError

_KNOWN = "see docs/wecom.md"
_WRONG = "HOTLINE_WECOM_SECRET is not the application's Secret: copy it from 应用管理 → the application"
_ADVICE: Mapping[int | None, str] = {
    60020: "add that address to 应用管理 → the application → 企业可信IP",
    40001: _WRONG,
    40125: _WRONG,
    40013: "HOTLINE_WECOM_CORPID is not the company's: copy it from 我的企业 → 企业信息 → 企业ID",
    40056: "HOTLINE_WECOM_AGENT is not the application's AgentId",
    301002: "HOTLINE_WECOM_SECRET belongs to another application than HOTLINE_WECOM_AGENT",
    None: "is the platform reachable from here? its address: qyapi.weixin.qq.com, port 443",
}


def check_wecom(settings: Settings) -> Iterator[Finding]:
    """Check every application: where we are called, what the API says of it, and whom it reaches."""
    for name, account in settings.wecom.items():
        check = f"wecom {name}"
        yield address(f"{check}: callback", f"wecom/{name}", settings.public_url, "接收消息 → URL")
        if settings.public_url is not None:
            url = f"{settings.public_url.rstrip('/')}/wecom/{name}"
            yield reach(f"{check}: reached", url, callback_of(account), clock.now(), is_sealed=True)
        try:
            application = _application(account)
        except PlatformError as error:
            yield fail(f"{check}: api", str(error), _ADVICE.get(error.code, _KNOWN))
            continue
        yield ok(f"{check}: api", "a token is given, and this server's address is trusted")
        yield _reach(f"{check}: application", application)


def _application(account: WecomAccount) -> dict[str, Any]:
    api = api_of(account, Nowhere(), clock.now)
    try:
        return agent_of(api, account)
    finally:
        api.close()


def _reach(check: str, application: dict[str, Any]) -> Finding:
    if application.get("close"):
        return fail(check, "it is switched off", "switch it on in 应用管理 → the application")
    members = len(application.get("allow_userinfos", {}).get("user", []))
    departments = len(application.get("allow_partys", {}).get("partyid", []))
    tags = len(application.get("allow_tags", {}).get("tagid", []))
    if not members + departments + tags:
        return warn(check, "it is visible to nobody", "add support in 应用管理 → the application → 可见范围")
    return ok(check, f"visible to {members} members, {departments} departments and {tags} tags")
