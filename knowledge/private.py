"""Caches that nobody but us can have written: a folder of our own, mode 0700, checked on every use."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import sys
import tempfile
from pathlib import Path

#: So many files of a kind are kept: a cache that grew with every edit would fill the disk in the end.
KEPT = 16


def folder() -> Path | None:
    """Return the cache folder, made if need be; None when no safe one can be had (then nothing is cached).

    ``HOTLINE_CACHE`` names it; else it lies in the virtual environment, else in the user's cache folder.
    """
    if named := os.environ.get("HOTLINE_CACHE"):
        return _safe(Path(named))
    if sys.prefix != sys.base_prefix and (found := _safe(Path(sys.prefix) / "cache-hotline")):
        return found
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return _safe(Path(home) / "hotline")


def _safe(path: Path) -> Path | None:
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = path.lstat()
    except OSError:
        return None
    ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
    return path if ours and not found.st_mode & 0o077 else None


def read(name: str) -> bytes | None:
    """Return a cached file's content.

    None when it is absent, no plain file that only we can write, or not whole: its first line is its digest.
    """
    where = folder()
    if where is None:
        return None
    try:
        handle = os.open(where / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o022:
            os.close(handle)
            return None
        with os.fdopen(handle, "rb") as file:
            digest, _, content = file.read().partition(b"\n")
    except OSError:
        return None
    return content if digest == _digest(content) else None


def write(name: str, content: bytes) -> None:
    """Store a file whole or not at all; a cache that cannot be written is no error."""
    where = folder()
    if where is None:
        return
    with contextlib.suppress(OSError):
        handle, part = tempfile.mkstemp(dir=where)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(_digest(content) + b"\n" + content)
            Path(part).replace(where / name)
        except OSError:
            Path(part).unlink(missing_ok=True)  # a full disk is not filled further
        _prune(where, name.partition("-")[0])


def _prune(where: Path, kind: str) -> None:
    """Delete what has long been written over: every edit of a base leaves a file."""
    files = sorted(where.glob(f"{kind}-*"), key=lambda file: file.stat().st_mtime_ns)
    for file in files[:-KEPT]:
        file.unlink(missing_ok=True)


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()
