"""`hotline wechat`: what is set up at WeChat by command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from bot import clock, settings
from bot.channels import wechat_menu
from bot.channels.wechat import api_of
from bot.commands.output import DB_OPTION, JSON_OPTION, print_json
from bot.errors import BadInput
from bot.opening import open_store
from bot.settings import Settings
from bot.store.platform_accounts import PlatformAccounts
from bot.store.store import Store
from bot.tencent.client import WechatApi

ACCOUNT_OPTION = click.option("--account", metavar="NAME", help="Which account, where there are several.")


@click.group()
def wechat() -> None:
    """The WeChat Official Account: see `docs/wechat.md` for the platform's own pages."""


@wechat.command("menu")
@click.option("--show", is_flag=True, help="Print the account's present menu, change nothing.")
@ACCOUNT_OPTION
@DB_OPTION
@JSON_OPTION
def menu_(account: str | None, database_url: str | None, *, show: bool, as_json: bool) -> None:
    """Give the account its menu; each button does what can be typed as well."""
    loaded = settings.load(database_url=database_url)
    store = open_store(loaded)
    try:
        with account_api(loaded, store, account) as api:
            if not show:
                wechat_menu.set_menu(api)
            found = wechat_menu.menu_of(api)
    finally:
        store.close()
    if as_json:
        print_json(found)
        return
    for button in (found or {}).get("button", []):
        items = " · ".join(item["name"] for item in button.get("sub_button", []))
        click.echo(f"{button['name']}: {items}" if items else button["name"])
    if found is None:
        click.echo("the account has no menu; `hotline wechat menu` makes one", err=True)


@contextmanager
def account_api(loaded: Settings, store: Store, name: str | None) -> Iterator[WechatApi]:
    """Open the API of one account of the settings; its token is the one that the service uses.

    Raises:
        BadInput: there is none of that name, none at all, or several to choose from.
    """
    known = ", ".join(loaded.wechat)
    if not known:
        raise BadInput("no WeChat account in the settings: see docs/wechat.md")
    if name is None and len(loaded.wechat) > 1:
        raise BadInput(f"there are several accounts, choose one by --account: {known}")
    chosen = name or known
    if chosen not in loaded.wechat:
        raise BadInput(f"no WeChat account is called {chosen}; there is: {known}")
    api = api_of(loaded.wechat[chosen], PlatformAccounts(store, clock.now), clock.now)
    try:
        yield api
    finally:
        api.close()
