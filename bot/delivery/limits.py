"""How fast each platform may be written to, as its queue in the delivery engine holds it over all workers.

Each part of a long text counts. Alarms don't: they wait for no limit and are known to none. An answer 429 is
obeyed beside the limits, which keep it rare; an alarm that meets one again and again is raised another way.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """At most ``limit`` messages within any ``period_s`` seconds."""

    limit: int
    period_s: float


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue of the engine.

    Attributes:
        poll_s: how often it is looked into; each look costs about 3 ms.
        overall: over all chats.
        chat: to one chat.
        in_hand: how many of its messages a process holds at once; None: one to each chat.
    """

    name: str
    poll_s: float
    overall: Rate | None = None
    chat: Rate | None = None
    in_hand: int | None = 64

    @property
    def is_free(self) -> bool:
        """Whether no limit counts its messages, so that several may go at once."""
        return self.overall is None and self.chat is None


# Alarms of every platform: they wait for no other message, nor for another platform's.
ALARMS = Queue("alarms", 0.25, in_hand=None)
# Platforms without a rate of their own.
MESSAGES = Queue("messages", 0.25)
# Telegram: 30 a second over all chats, 1 a second to a person, 20 a minute to a group (its documents).
TELEGRAM_PRIVATE = Queue("telegram-private", 0.4, overall=Rate(25, 1), chat=Rate(1, 1))
TELEGRAM_GROUP = Queue("telegram-group", 0.5, overall=Rate(5, 1), chat=Rate(20, 60))
# WeCom: 30 a minute to a member; what is over is dropped without a word (its documents).
WECOM = Queue("wecom", 0.5, chat=Rate(30, 60))


def queue_of(channel: str, kind: str, *, urgent: bool) -> Queue:
    """Return the queue of a message.

    Args:
        kind: of the chat; support works in a group.
        urgent: an alarm waits for no limit of ours.
    """
    if urgent:
        return ALARMS
    if channel == "telegram":
        return TELEGRAM_PRIVATE if kind == "private" else TELEGRAM_GROUP
    return WECOM if channel == "wecom" else MESSAGES


def queues_for(channels: set[str]) -> list[Queue]:
    """Return the queues that these channels use."""
    used = {queue_of(channel, kind, urgent=False) for channel in channels for kind in ("private", "group")}
    return sorted({ALARMS, *used}, key=lambda queue: queue.name)
