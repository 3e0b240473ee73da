"""The error tree.

    HotlineError                one sentence for the operator; exit code 1
    ├── SettingError            a setting is wrong: names the variable
    ├── StoreError              the database cannot be used as it is
    │   └── SchemaMoved         another version of the program has migrated it while this one ran
    ├── BadInput                a value from outside is malformed: names what and why
    │   ├── Unstorable          no database keeps it, however often it comes
    │   ├── NaiveTimestamp      an instant without a time zone
    │   └── UnknownYear         the calendar does not know the working days of that year
    └── Refused                 an action that is not possible now; says what is (shown in Chinese)
        └── WrongForm           a command that can't be read as it was written: its right form helps

No message of these carries a secret or a customer's text.
"""

from __future__ import annotations

import asyncio

# What ends work on purpose. All else is a failure, a panic of a library in another language, which is no
# `Exception`, among it.
ENDINGS = (asyncio.CancelledError, KeyboardInterrupt, SystemExit)


class HotlineError(Exception):
    """Root of the tree; ``str()`` is one sentence fit for an operator."""


class SettingError(HotlineError):
    """A setting is missing or wrong; the sentence names the variable."""


class StoreError(HotlineError):
    """The database is unreachable, too new, too old or damaged."""


class SchemaMoved(StoreError):
    """The database was migrated while this process ran: it must end rather than write what is outdated."""


class BadInput(HotlineError):
    """A value from outside is malformed."""


class Unstorable(BadInput):
    """A message that the database refuses for what stands in it: to take it again would be no use."""


class NaiveTimestamp(BadInput):
    """An instant carries no time zone."""


class UnknownYear(BadInput):
    """The calendar does not know the working days of a year; it never guesses."""


class Refused(HotlineError):
    """An action is not possible in this state; the sentence, in Chinese, says what is possible."""


class WrongForm(Refused):
    """A command can't be read as it was written; the sentence says what is missing, its form follows."""
