"""The contract's vocabulary: enums that every room shares."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Priority(IntEnum):
    """Priority of a ticket; the smaller, the stricter (contract 2.1).

    ``NOT_A_FAULT`` is a determination like the others ("不是故障"): it has no contract deadline.
    """

    ONE = 1
    TWO = 2
    NOT_A_FAULT = 3


class Level(StrEnum):
    """Service level (contract 1): 常规级, 增强级, 钻石级."""

    REGULAR = "regular"
    ENHANCED = "enhanced"
    DIAMOND = "diamond"


class Zone(StrEnum):
    """Place of on-site service: inside Beijing's 5th ring, Beijing beyond it, out of town (contract 1)."""

    INSIDE = "inside"
    BEYOND = "beyond"
    AWAY = "away"


class Scheme(StrEnum):
    """Board (板卡) or switch (交换机): the columns of the fee tables (contract 3)."""

    BOARD = "board"
    SWITCH = "switch"


class Place(StrEnum):
    """Local (本地) or elsewhere (外地): the columns of the fee tables (contract 3)."""

    LOCAL = "local"
    ELSEWHERE = "elsewhere"


class Purchase(StrEnum):
    """Renewed without a break, or the first renewal after one (contract 3)."""

    CONTINUOUS = "continuous"
    LAPSED = "lapsed"


class Role(StrEnum):
    """What a person may do: a customer's contact, or staff of rising authority."""

    CUSTOMER = "customer"
    ENGINEER = "engineer"
    LEAD = "lead"
    MANAGER = "manager"
    ADMIN = "admin"
