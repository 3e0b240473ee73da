"""What the demo stands on: an own temporary store, this machine only, no real account."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path

from dotenv import dotenv_values

from bot.errors import HotlineError, SettingError

# Any of these means that real people would be written to.
ACCOUNTS = ("HOTLINE_TELEGRAM_TOKEN", "HOTLINE_WECHAT_APPID", "HOTLINE_WECOM_CORPID")


def check(host: str) -> None:
    """Refuse what the demo must not touch.

    Raises:
        HotlineError: ``host`` is reachable from other machines, or a real account is configured.
    """
    if not is_loopback(host):
        raise HotlineError(f"--demo serves this machine only: --host {host} is not a loopback address")
    configured = {**dotenv_values(".env"), **os.environ}
    real = [name for name in ACCOUNTS if configured.get(name)]
    if real:
        raise HotlineError(f"--demo refuses real accounts: unset {', '.join(real)}, or leave out --demo")


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches an address; a name other than localhost is not trusted."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def host_names(host: str) -> set[str]:
    """Return the names by which a browser on this machine may call."""
    return {"127.0.0.1", "localhost", "[::1]", f"[{host}]" if ":" in host else host}


@contextmanager
def temporary_database(data: Path) -> Iterator[str]:
    """Make an empty database for this run under the data folder; nothing of it stays.

    Raises:
        SettingError: the data folder can't be written.
    """
    try:
        data.mkdir(parents=True, exist_ok=True)
        folder = tempfile.mkdtemp(prefix="demo-", dir=data)
    except OSError as error:
        raise SettingError(f"HOTLINE_DATA: cannot write to {data}: {error.strerror}") from error
    try:
        yield f"sqlite:///{Path(folder) / 'demo.db'}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)
