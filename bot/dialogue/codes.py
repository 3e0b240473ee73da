"""Single-use codes: short enough to say over the phone; only their hash is ever stored."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType as Frozen

from bot.desk.staff import Purpose

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that is misread over the phone
GROUP = 4

# A code that gives a role is longer: its hash must hold against whoever reads the database, too.
LENGTH: Mapping[Purpose, int] = Frozen({Purpose.CUSTOMER: 8, Purpose.STAFF: 12, Purpose.STAFF_CHAT: 12})
VALID: Mapping[Purpose, timedelta] = Frozen(
    {
        Purpose.CUSTOMER: timedelta(days=7),
        Purpose.STAFF: timedelta(days=3),
        Purpose.STAFF_CHAT: timedelta(days=1),
    }
)
# What the code is sent with.
WORDS: Mapping[Purpose, str] = Frozen(
    {Purpose.CUSTOMER: "绑定", Purpose.STAFF: "加入", Purpose.STAFF_CHAT: "设为值班群"}
)
_SHAPE = re.compile(rf"[{ALPHABET}]{{{min(LENGTH.values())},{max(LENGTH.values())}}}")


def new_code(purpose: Purpose) -> str:
    """Return a new code, in groups of four where it is long."""
    made = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH[purpose]))
    groups = [made[at : at + GROUP] for at in range(0, len(made), GROUP)]
    return "-".join(groups) if len(groups) > 2 else made


def normal(words: str) -> str:
    """Return a code as it is hashed, however it was typed."""
    return re.sub(r"[\s‐-―－-]", "", words).upper()


def looks_like_code(words: str) -> bool:
    """Tell whether ``words`` may be a code at all."""
    return _SHAPE.fullmatch(normal(words)) is not None


def code_hash(code: str) -> str:
    """Return what is stored of a code."""
    return hashlib.sha256(normal(code).encode()).hexdigest()
