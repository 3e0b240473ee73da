"""The account's own menu, and codes that are scanned: what is set up at the platform by command."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from bot.errors import BadInput
from bot.tencent.client import WechatApi
from bot.tencent.failures import PlatformError

NO_MENU = 46003
LONGEST_SCENE = 64
SHOWN_AT = "https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket="
# Each button stands for what can be typed; a folder holds five at most, the menu three.
BUTTONS: Mapping[str, tuple[str, ...]] = {
    "报修": (),
    "我的工单": ("查进度", "催单", "为什么", "关闭"),
    "服务": ("转人工", "我的合同", "绑定", "帮助"),
}


def menu() -> dict[str, Any]:
    """Return the menu as the platform takes it."""
    return {
        "button": [
            {"name": name, "sub_button": [_click(item) for item in items]} if items else _click(name)
            for name, items in BUTTONS.items()
        ]
    }


def _click(name: str) -> dict[str, str]:
    return {"type": "click", "name": name, "key": name}


def set_menu(api: WechatApi) -> None:
    """Make the menu the account's; users see it within a day.

    Raises:
        PlatformError: the platform refuses it.
    """
    api.menu.create(menu())


def menu_of(api: WechatApi) -> dict[str, Any] | None:
    """Return the account's present menu as far as it was set by the API, None without one.

    Raises:
        PlatformError: it can't be read.
    """
    try:
        found: dict[str, Any] = api.menu.get()["menu"]
    except PlatformError as error:
        if error.code == NO_MENU:
            return None
        raise
    return found


def scan_code(api: WechatApi, scene: str, valid: timedelta) -> str:
    """Return the web address of a picture: who scans it follows the account and brings the scene along.

    Raises:
        BadInput: the scene is too long.
        PlatformError: the platform refuses.
    """
    if not 0 < len(scene) <= LONGEST_SCENE:
        raise BadInput(f"a scene has 1 to {LONGEST_SCENE} characters")
    made = api.qrcode.create(
        {
            "action_name": "QR_STR_SCENE",
            "expire_seconds": int(valid.total_seconds()),
            "action_info": {"scene": {"scene_str": scene}},
        }
    )
    return SHOWN_AT + quote(made["ticket"], safe="")
