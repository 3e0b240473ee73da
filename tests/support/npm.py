"""Libraries of npm that tests play against: installed into .cache from a lock file with their hashes."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

CACHE = Path(__file__).parents[2] / ".cache"
TIMEOUT_S = 180


def installed(sources: Path) -> Path:
    """Return a copy of a folder with its libraries; the test is skipped where they can't be had."""
    content = b"".join(source.read_bytes() for source in sorted(sources.iterdir()))
    name = hashlib.sha256(content).hexdigest()[:16]
    folder = CACHE / "node" / name
    if not folder.exists():
        made = folder.with_name(f"{name}-{os.getpid()}")  # several processes may be at it
        shutil.copytree(sources, made)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--cache", str(CACHE / "npm")]
        found = subprocess.run(
            command, cwd=made, capture_output=True, text=True, timeout=TIMEOUT_S, check=False
        )
        if found.returncode == 0:
            with suppress(OSError):  # another process was first
                made.rename(folder)
        shutil.rmtree(made, ignore_errors=True)
        if found.returncode:
            pytest.skip(f"npm can't install what {sources.name} needs: {found.stderr[-200:]}")
    return folder
