"""Which role may do what."""

from __future__ import annotations

import pytest

from bot.desk.staff import NEEDS, ROLE_NAMES, STAFF_ROLES, Task, may, require
from bot.desk.terms import Role
from bot.errors import Refused


@pytest.mark.parametrize(
    ("role", "tasks"),
    [
        (Role.CUSTOMER, set()),
        (Role.ENGINEER, {Task.TICKET}),
        (Role.LEAD, {Task.TICKET, Task.CONSENT, Task.ROSTER, Task.STAFF_CHAT}),
        (Role.MANAGER, {Task.TICKET, Task.CONSENT, Task.ROSTER, Task.STAFF_CHAT}),
        (Role.ADMIN, set(Task)),
    ],
)
def test_each_role_may_do_its_own_and_what_lower_ones_may(role: Role, tasks: set[Task]) -> None:
    assert {task for task in Task if may(role, task)} == tasks


def test_who_may_not_is_told_which_role_is_needed() -> None:
    require(Role.LEAD, Task.CONSENT)
    with pytest.raises(Refused, match="需要主管或以上角色，您现在是工程师"):
        require(Role.ENGINEER, Task.CONSENT)


def test_every_task_and_role_is_known() -> None:
    assert set(NEEDS) == set(Task)
    assert set(ROLE_NAMES) == set(Role) == {Role.CUSTOMER, *STAFF_ROLES}
