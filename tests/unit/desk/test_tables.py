"""The table of levels, row by row (contract 1)."""

from __future__ import annotations

import pytest

from bot.desk.tables import ENTITLEMENTS, LEVEL_NAMES, SERVICE_NAMES, Service
from bot.desk.terms import Level


def test_every_level_answers_for_every_service() -> None:
    assert set(LEVEL_NAMES) == set(ENTITLEMENTS) == set(Level)
    assert set(SERVICE_NAMES) == set(Service)
    for row in ENTITLEMENTS.values():
        assert set(row) == set(Service)
        assert all(entitlement.text for entitlement in row.values())


def test_the_regular_level_lacks_six_services_and_the_others_none() -> None:
    lacking = {
        level: {service for service, has in row.items() if not has.given}
        for level, row in ENTITLEMENTS.items()
    }
    assert lacking == {
        Level.REGULAR: {
            Service.ONSITE,
            Service.ONSITE_INSPECTION,
            Service.TRAINING,
            Service.UPGRADE,
            Service.HARDWARE_CHECK,
            Service.HARDWARE_UPKEEP,
        },
        Level.ENHANCED: set(),
        Level.DIAMOND: set(),
    }


@pytest.mark.parametrize(
    ("level", "service", "per_year", "needs_permission"),
    [
        (Level.REGULAR, Service.REMOTE_INSPECTION, 2, False),
        (Level.ENHANCED, Service.REMOTE_INSPECTION, 2, True),
        (Level.ENHANCED, Service.ONSITE_INSPECTION, 2, False),
        (Level.ENHANCED, Service.TRAINING, 2, False),
        (Level.ENHANCED, Service.UPGRADE, None, True),
        (Level.DIAMOND, Service.UPGRADE, None, True),
        (Level.DIAMOND, Service.REMOTE_INSPECTION, None, False),
    ],
)
def test_yearly_numbers_and_permissions_are_the_contracts(
    level: Level, service: Service, per_year: int | None, needs_permission: bool
) -> None:
    entitlement = ENTITLEMENTS[level][service]
    assert (entitlement.per_year, entitlement.needs_permission) == (per_year, needs_permission)


def test_the_tables_can_not_be_changed_by_accident() -> None:
    with pytest.raises(TypeError):
        ENTITLEMENTS[Level.REGULAR][Service.ONSITE] = None  # type: ignore[index]
