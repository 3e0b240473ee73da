"""Staff: who may do what, and what a single-use code is good for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType as Frozen

from bot.desk.terms import Role
from bot.errors import Refused

STAFF_ROLES = (Role.ENGINEER, Role.LEAD, Role.MANAGER, Role.ADMIN)  # rising authority
ROLE_NAMES: Mapping[Role, str] = Frozen(
    {
        Role.CUSTOMER: "客户",
        Role.ENGINEER: "工程师",
        Role.LEAD: "主管",
        Role.MANAGER: "经理",
        Role.ADMIN: "管理员",
    }
)


class Task(StrEnum):
    """What a role is needed for."""

    TICKET = "ticket"  # everything that is done to a ticket
    CONSENT = "consent"  # record what a customer agreed to by telephone (contract 2.1)
    ROSTER = "roster"  # change who is on call
    STAFF_CHAT = "staff_chat"  # make a chat the one in which support works
    STAFF = "staff"  # add and remove members
    CONTRACTS = "contracts"  # enter terms (contract 6.4)


NEEDS: Mapping[Task, Role] = Frozen(
    {
        Task.TICKET: Role.ENGINEER,
        Task.CONSENT: Role.LEAD,
        Task.ROSTER: Role.LEAD,
        Task.STAFF_CHAT: Role.LEAD,
        Task.STAFF: Role.ADMIN,
        Task.CONTRACTS: Role.ADMIN,
    }
)


def may(role: Role, task: Task) -> bool:
    """Tell whether a role is enough; a customer's never is."""
    return role in STAFF_ROLES and STAFF_ROLES.index(role) >= STAFF_ROLES.index(NEEDS[task])


def require(role: Role, task: Task) -> None:
    """Raise `Refused`, naming the role that is needed, if ``role`` is not enough."""
    if not may(role, task):
        raise Refused(f"这项操作需要{ROLE_NAMES[NEEDS[task]]}或以上角色，您现在是{ROLE_NAMES[role]}。")


class Purpose(StrEnum):
    """What a single-use code is good for; values are stored."""

    CUSTOMER = "customer"  # binds a chat to a customer
    STAFF = "staff"  # makes the sender a member of staff
    STAFF_CHAT = "staff_chat"  # makes a chat the one in which support works


@dataclass(frozen=True, slots=True)
class Grant:
    """What a valid code gives.

    Attributes:
        customer_id: of a customer's code.
        person_id: of a staff member's code.
        used: whether it has been used up now; a code that is not accepted in its place stays valid.
    """

    purpose: Purpose
    customer_id: int | None = None
    person_id: int | None = None
    used: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff.

    Attributes:
        channels: the platforms on which they have joined.
    """

    id: int
    name: str
    role: Role
    phone: str | None
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ContactPerson:
    """Whom to phone at a customer."""

    name: str
    phone: str
