"""How many messages a platform still lets us send to a user who has not just written (WeChat's 客服消息)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.messages import Reach

AFTER_MESSAGE, MESSAGE_WINDOW = 5, timedelta(hours=48)
AFTER_ACTION, ACTION_WINDOW = 3, timedelta(minutes=1)
RESERVE = 1  # of what follows a message: kept for a breach or a closure
SCARCE = 2  # with so few left, what waits for one user goes out as one message


@dataclass(frozen=True, slots=True)
class Ledger:
    """One user's account of messages.

    Attributes:
        message_used: sent since their last message, out of `AFTER_MESSAGE`.
        action_used: sent since their last action, out of `AFTER_ACTION`.
        has_left: they no longer follow us: nothing reaches them.
        nudged_at: since when a notice asks them to write; None: none does.
    """

    message_at: datetime | None = None
    message_used: int = 0
    action_at: datetime | None = None
    action_used: int = 0
    has_left: bool = False
    nudged_at: datetime | None = None

    def after(self, reach: Reach, at: datetime) -> Ledger:
        """Return the ledger after the user did something; an earlier or repeated report changes nothing."""
        if reach is Reach.UNREACHED:
            return replace(self, nudged_at=None)
        if reach is Reach.LEFT:
            has_returned = any(known > at for known in (self.message_at, self.action_at) if known is not None)
            return self if has_returned else replace(self, has_left=True)
        known = self.message_at if reach is Reach.MESSAGE else self.action_at
        if known is not None and at <= known:
            return self
        here = replace(self, has_left=False, nudged_at=None)
        if reach is Reach.MESSAGE:
            return replace(here, message_at=at, message_used=0)
        return replace(here, action_at=at, action_used=0)

    def left(self, now: datetime, *, is_vital: bool = False) -> int:
        """Return how many messages may be sent now; only what is vital may use the reserve."""
        if self.has_left:
            return 0
        after_message = self._after_message(now) - (0 if is_vital else RESERVE)
        return max(after_message, 0) + self._after_action(now)

    def spent(self, now: datetime, count: int) -> Ledger:
        """Return the ledger after ``count`` messages: first out of what ends first."""
        of_action = min(self._after_action(now), count)
        return replace(
            self,
            action_used=self.action_used + of_action,
            message_used=self.message_used + count - of_action,
        )

    def returned(self, count: int) -> Ledger:
        """Return the ledger after ``count`` messages that were taken out of it were not sent after all."""
        of_message = min(count, self.message_used)
        of_action = min(count - of_message, self.action_used)
        return replace(
            self, message_used=self.message_used - of_message, action_used=self.action_used - of_action
        )

    def exhausted(self) -> Ledger:
        """Return the ledger after the platform said that it takes no more, whatever we counted."""
        return replace(self, message_used=AFTER_MESSAGE, action_used=AFTER_ACTION)

    def _after_message(self, now: datetime) -> int:
        if self.message_at is None or now - self.message_at >= MESSAGE_WINDOW:
            return 0
        return max(AFTER_MESSAGE - self.message_used, 0)

    def _after_action(self, now: datetime) -> int:
        if self.action_at is None or now - self.action_at >= ACTION_WINDOW:
            return 0
        return max(AFTER_ACTION - self.action_used, 0)
