"""Trouble with a platform's account that only the operator can mend: staff are told, once in a while."""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from bot.clock import Clock
from bot.dialogue import notify
from bot.store.platform_accounts import PlatformAccounts
from bot.store.store import Store
from bot.tencent.failures import PlatformError

log = structlog.get_logger(__name__)

NAMES = {"wechat": "微信公众号", "wecom": "企业微信"}
MENDED: Mapping[int | None, str] = {
    40164: "服务器的 IP 不在白名单",
    60020: "服务器的 IP 不在可信 IP 名单",
    40001: "AppSecret 不对",
    40125: "AppSecret 不对",
    40013: "AppID 不对",
    48001: "没有客服消息权限，只能在客户发言时回复",
    40037: "模板 ID 不对",
    47003: "模板的字段不对",
    40056: "AgentId 不对",
    60011: "有成员不在应用的可见范围",
    60111: "有成员不在企业通讯录",
    81013: "有成员不在应用的可见范围",
    301002: "Secret 不属于这个应用",
}


WECOM_MENDED: Mapping[int | None, str] = {40001: "Secret 不对", 40013: "企业ID 不对"}

TOKEN_CALLS = ("stable_token", "gettoken")
TOKEN_CODES = (40001, 40014, 42001)
TOKEN_REJECTED = "的令牌不被接受，可能有别的程序用同一个账号刷新令牌"  # noqa: S105 - a sentence


class OperatorAlarm:
    """See `bot.tencent.failures.Alarm`."""

    def __init__(self, store: Store, accounts: PlatformAccounts, now: Clock) -> None:
        self._store = store
        self._accounts = accounts
        self._now = now

    def __call__(self, key: str, account: str, error: PlatformError) -> None:
        """Tell staff what the operator must mend, unless they were told lately."""
        log.error("a platform's account needs the operator", account=key, error=str(error))
        if not self._accounts.note_trouble(key, error.short):
            return
        name = NAMES.get(key.partition(":")[0], key)
        is_token = error.code in TOKEN_CODES and error.call not in TOKEN_CALLS
        known = {**MENDED, **(WECOM_MENDED if key.startswith("wecom:") else {})}
        what = TOKEN_REJECTED if is_token else known.get(error.code, f"接口 {error.call} 返回 {error.short}")
        hint = f"（{error.hint}）" if error.hint else ""
        said = f"⚠ {name}“{account}”{what}{hint}。请管理员处理，可运行 hotline doctor 检查。"
        self._store.transact(lambda unit: notify.staff_line(unit, said), self._now())
