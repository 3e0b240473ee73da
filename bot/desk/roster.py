"""Who is on call: rotations, days that are given to somebody (holidays), and swaps.

A day of duty runs from the handover to the next one; it bears the date on which it begins, in Asia/Shanghai.
A day that is given goes before the rotations, and a swap before both, as long as the one who gave the duty
away would have had it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.desk import record
from bot.desk.calendar import SHANGHAI
from bot.desk.terms import Role
from bot.errors import BadInput

HANDOVER = time(9)
_DAY = timedelta(days=1)
LOOKAHEAD_DAYS = 400


@dataclass(frozen=True, slots=True)
class Rotation:
    """Members who take turns.

    Attributes:
        days: how long a turn lasts: 1 daily, 7 weekly.
        starts_on: the day on which the first member's turn begins.
        handover: when a day of duty begins, Asia/Shanghai.
        until: when it ends, Asia/Shanghai; None: at the next handover. Before ``handover``: on the next day.
    """

    name: str
    members: tuple[str, ...]
    days: int
    starts_on: date
    handover: time = HANDOVER
    until: time | None = None

    def __post_init__(self) -> None:
        if not self.members:
            raise BadInput(f"rotation {self.name}: has no members")
        if self.days < 1:
            raise BadInput(f"rotation {self.name}: a turn lasts at least one day")

    def member_on(self, day: date) -> str | None:
        """Return whose turn the day is, None before the rotation starts."""
        passed = (day - self.starts_on).days
        return None if passed < 0 else self.members[passed // self.days % len(self.members)]


@dataclass(frozen=True, slots=True)
class Given:
    """Days, first and last inclusive, on which one member is on call whatever the rotations say."""

    first: date
    last: date
    member: str

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise BadInput(f"{self.member}: {self.last} is before {self.first}")


@dataclass(frozen=True, slots=True)
class Swap:
    """On that day ``member`` is on call instead of ``instead_of``."""

    day: date
    member: str
    instead_of: str


@dataclass(frozen=True, slots=True)
class Roster:
    """The whole plan; ``swaps`` in the order in which they were made."""

    rotations: tuple[Rotation, ...] = ()
    given: tuple[Given, ...] = ()
    swaps: tuple[Swap, ...] = field(default=())

    @property
    def names(self) -> tuple[str, ...]:
        """Everybody whom the plan names, each once."""
        listed = [name for rotation in self.rotations for name in rotation.members]
        listed += [given.member for given in self.given]
        return tuple(dict.fromkeys(listed))

    def on_call(self, at: datetime) -> tuple[str, ...]:
        """Return who is on call at an instant; nobody where the plan has a gap."""
        local = at.astimezone(SHANGHAI)
        return tuple(dict.fromkeys(name for name, _ in self._duties(local)))

    def on_day(self, day: date) -> tuple[str, ...]:
        """Return who has duty on a day, each once."""
        rotations: Sequence[Rotation | None] = self.rotations or (None,)
        found = (self._member(rotation, day) for rotation in rotations)
        return tuple(dict.fromkeys(name for name in found if name is not None))

    def changes(self, since: datetime) -> Iterator[tuple[datetime, tuple[str, ...]]]:
        """Yield when, and to whom, duty passes after ``since``, within the next year or so."""
        current = self.on_call(since)
        for at in self._handovers(since):
            if (names := self.on_call(at)) != current:
                yield at, names
                current = names

    def swapped(self, swap: Swap) -> Roster:
        """Return the plan with one more swap.

        Raises:
            BadInput: the one who gives the duty away does not have it on that day.
        """
        if swap.instead_of not in self.on_day(swap.day):
            has = "、".join(self.on_day(swap.day)) or "nobody"
            raise BadInput(f"{swap.instead_of} is not on call on {swap.day} ({has})")
        return Roster(self.rotations, self.given, (*self.swaps, swap))

    def to_dict(self) -> dict[str, Any]:
        """Return JSON types."""
        return {"rotations": record.to_json(self.rotations), "given": record.to_json(self.given)}

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any], swaps: tuple[Swap, ...] = ()) -> Roster:
        """Read what `to_dict` wrote.

        Raises:
            BadInput: names what is wrong.
        """
        return cls(
            tuple(record.from_json(Rotation, item) for item in raw["rotations"]),
            tuple(record.from_json(Given, item) for item in raw["given"]),
            swaps,
        )

    def _duties(self, local: datetime) -> Iterator[tuple[str, date]]:
        for rotation in self.rotations or (None,):
            day = _day_of_duty(rotation, local)
            if day is not None and (name := self._member(rotation, day)):
                yield name, day

    def _member(self, rotation: Rotation | None, day: date) -> str | None:
        given = next((g.member for g in self.given if g.first <= day <= g.last), None)
        name = given or (rotation.member_on(day) if rotation else None)
        for swap in self.swaps:
            if swap.day == day and swap.instead_of == name:
                name = swap.member
        return name

    def _handovers(self, since: datetime) -> Iterator[datetime]:
        local = since.astimezone(SHANGHAI)
        times = {HANDOVER} if not self.rotations else {rotation.handover for rotation in self.rotations}
        times |= {rotation.until for rotation in self.rotations if rotation.until is not None}
        for offset in range(LOOKAHEAD_DAYS):
            day = local.date() + offset * _DAY
            for moment in sorted(times):
                if (at := datetime.combine(day, moment, SHANGHAI)) > local:
                    yield at


def _day_of_duty(rotation: Rotation | None, local: datetime) -> date | None:
    """Return the day of duty that an instant belongs to, None outside the rotation's hours."""
    handover = rotation.handover if rotation else HANDOVER
    day = local.date() if local.time() >= handover else local.date() - _DAY
    if rotation is None or rotation.until is None:
        return day
    ends_on = day if rotation.until > handover else day + _DAY
    return day if local < datetime.combine(ends_on, rotation.until, SHANGHAI) else None


@dataclass(frozen=True, slots=True)
class Member:
    """A member of staff as the watch reaches them.

    Attributes:
        contacts: ids of their identities on the platforms.
        chats: their private chats with us, the one to try first first.
    """

    name: str
    role: Role
    contacts: tuple[int, ...]
    chats: tuple[int, ...]
    phone: str | None = None
