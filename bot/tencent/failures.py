"""What can go wrong with a call of the platforms' API, and what each error code asks for.

PlatformError          str() names the call and the code; never a token, a secret or a customer's text
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from bot.errors import HotlineError
from bot.messages import Outcome, Receipt


class Trouble(StrEnum):
    """What a failure asks for."""

    BUSY = "busy"  # try again later
    UNKNOWN = "unknown"  # no answer came: it may have been done
    TOKEN = "token"  # noqa: S105 - the access token is not accepted: renew it once
    PERMANENT = "permanent"  # this will never go through
    UNREACHABLE = "unreachable"  # this user does not follow us: only they can change that
    RATE = "rate"  # too many calls a minute or a day
    WINDOW = "window"  # the 48 hours since the user's last message are over
    USED_UP = "used_up"  # the user's messages within the window are used up
    UNAUTHORISED = "unauthorised"  # the account may not call this at all
    OPERATOR = "operator"  # a person must mend the set-up


# Of the vendors' list of global return codes; what is not here is tried again, a limited number of times.
TROUBLES: Mapping[int, Trouble] = {
    -1: Trouble.BUSY,
    40001: Trouble.TOKEN,  # also a wrong secret, where the token itself is asked for
    40014: Trouble.TOKEN,
    42001: Trouble.TOKEN,
    40003: Trouble.PERMANENT,  # no such openid here
    40007: Trouble.PERMANENT,  # no such media
    40004: Trouble.PERMANENT,  # media: kind, type of file, size, no such id
    40005: Trouble.PERMANENT,
    40006: Trouble.PERMANENT,
    40008: Trouble.PERMANENT,
    40009: Trouble.PERMANENT,
    40033: Trouble.PERMANENT,
    40035: Trouble.PERMANENT,
    40037: Trouble.OPERATOR,  # template id
    44004: Trouble.PERMANENT,
    45002: Trouble.PERMANENT,  # too long
    47001: Trouble.PERMANENT,
    47003: Trouble.OPERATOR,  # a template's fields
    43004: Trouble.UNREACHABLE,
    43101: Trouble.UNREACHABLE,  # no subscription to this notice
    45009: Trouble.RATE,
    45011: Trouble.RATE,
    45033: Trouble.RATE,
    45015: Trouble.WINDOW,
    45047: Trouble.USED_UP,
    48001: Trouble.UNAUTHORISED,
    50002: Trouble.OPERATOR,  # the account is restricted
    48004: Trouble.OPERATOR,  # the API was taken from the account
    40013: Trouble.OPERATOR,  # AppID or CorpID
    40125: Trouble.OPERATOR,  # secret
    41002: Trouble.OPERATOR,
    41004: Trouble.OPERATOR,
    40164: Trouble.OPERATOR,  # this server's address is not on the whitelist
    60020: Trouble.OPERATOR,  # the same in WeCom
    48002: Trouble.OPERATOR,
    40056: Trouble.OPERATOR,  # WeCom: agent
    301002: Trouble.OPERATOR,
    60011: Trouble.OPERATOR,  # WeCom: the member is outside the application's scope
    81013: Trouble.PERMANENT,  # WeCom: no such member
    60111: Trouble.PERMANENT,
    42014: Trouble.PERMANENT,  # WeCom: a task_id used twice
}
_WAITS = {Trouble.RATE: timedelta(minutes=1)}
_FOR_GOOD = {
    Trouble.PERMANENT,
    Trouble.UNREACHABLE,
    Trouble.WINDOW,
    Trouble.USED_UP,
    Trouble.UNAUTHORISED,
}


class PlatformError(HotlineError):
    """A call failed.

    Attributes:
        call: the endpoint, such as ``message/custom/send``.
        code: the platform's ``errcode``, None where it gave none.
        hint: what an operator needs to know beside it, such as the address that is not whitelisted.
    """

    def __init__(self, call: str, trouble: Trouble, code: int | None = None, hint: str = "") -> None:
        said = f"{call}: {'no errcode' if code is None else code} ({trouble})"
        super().__init__(f"{said}: {hint}" if hint else said)
        self.call, self.trouble, self.code, self.hint = call, trouble, code, hint

    @property
    def short(self) -> str:
        """A short code for a record: ``45047`` or ``busy``."""
        return str(self.code) if self.code is not None else self.trouble.value

    @property
    def is_refusal(self) -> bool:
        """Whether the platform will never take this as it is; a code that we don't know is such."""
        return self.code not in (None, -1) and self.trouble in (Trouble.BUSY, Trouble.PERMANENT)


class Alarm(Protocol):
    """Tells the operator what they must mend; `bot.operator_alarm` has the real one."""

    def __call__(self, key: str, account: str, error: PlatformError) -> None:
        """Tell it, once in a while for the same trouble.

        Args:
            key: under which the account is kept.
            account: its name in the settings.
        """


def of_code(call: str, code: int, hint: str = "") -> PlatformError:
    """Return the error that an ``errcode`` stands for."""
    return PlatformError(call, TROUBLES.get(code, Trouble.BUSY), code, hint)


def receipt(error: PlatformError, now: datetime) -> Receipt:
    """Return how an attempt to deliver ended with this error, where the channel has no better answer."""
    if error.trouble is Trouble.UNKNOWN:
        return Receipt(Outcome.UNKNOWN, error=error.short)
    if error.trouble in _FOR_GOOD:
        return Receipt(Outcome.FAILED, error=error.short)
    wait = _WAITS.get(error.trouble)
    return Receipt(Outcome.LATER, retry_at=now + wait if wait else None, error=error.short)
