"""The test's hand: it makes bots and chats, plays people, sets the clock, prepares faults, looks at all."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

from tests.e2e.telegram_api import people
from tests.e2e.telegram_api.state import Bot, Chat, Json

Bots = dict[str, Bot]


def create(bots: Bots, token: str, given: Json) -> bool:
    """Make a bot; ``user`` is what getMe tells."""
    bots[token] = Bot(token, given["user"], given["now"])
    return True


def remove(bots: Bots, token: str, _: Any) -> bool:
    """Forget a bot: its token is refused from now on."""
    bot = bots.pop(token)
    with bot.changed:
        bot.poller += 1
        bot.changed.notify_all()
    return True


def chat(bots: Bots, token: str, given: Json) -> bool:
    """Make a chat."""
    bots[token].chats[given["id"]] = Chat(**given)
    return True


def clock(bots: Bots, token: str, now: int) -> bool:
    """Set the clock, in seconds of the epoch; from now on the limits go by it."""
    bots[token].now, bots[token].is_clock_set = now, True
    return True


def file(bots: Bots, token: str, given: Json) -> bool:
    """Put a file on the service; ``size`` may say more than there is."""
    bot = bots[token]
    bot.files[given["id"]] = base64.b64decode(given["content"])
    if "size" in given:
        bot.file_sizes[given["id"]] = given["size"]
    return True


def fault(bots: Bots, token: str, given: Json) -> bool:
    """Prepare a fault: kind flood, gateway, drop, drop_after, hang, hang_after or odd; for a method, a chat,
    some times.

    ``skip`` calls go well before.
    """
    bots[token].faults.append({"times": 1, "skip": 0, **given})
    return True


def fault_for(bot: Bot, method: str, given: Json) -> Json | None:
    """Return the fault that this call meets."""
    for prepared in bot.faults:
        is_here = "chat" not in prepared or str(prepared["chat"]) == str(given.get("chat_id"))
        if prepared["times"] and prepared["method"] == method and is_here:
            if prepared["skip"]:
                prepared["skip"] -= 1
                continue
            prepared["times"] -= 1
            return prepared
    return None


def before(prepared: Json) -> bool:
    """Whether a fault comes before the call has any effect."""
    return prepared["kind"] not in ("drop_after", "hang_after", "odd")


def update(bots: Bots, token: str, given: Json) -> int:
    """Put a raw update into the queue, whatever it is."""
    bot = bots[token]
    number = next(bot.update_ids)
    with bot.changed:
        bot.updates.append({"update_id": number, **given})
        bot.changed.notify_all()
    return int(number)


def again(bots: Bots, token: str, given: Json) -> bool:
    """Deliver an update a second time, under the same id, although it was confirmed."""
    bot = bots[token]
    with bot.changed:
        (bot.updates if bot.webhook else bot.again).append(given)
        bot.changed.notify_all()
    return True


def release(bots: Bots, token: str, _: Json) -> bool:
    """End the calls that hang, without an answer; none hangs from now on."""
    bots[token].is_released = True
    return True


def delete(bots: Bots, token: str, given: Json) -> bool:
    """Delete a message from a chat."""
    del bots[token].chats[given["chat"]].messages[given["message_id"]]
    return True


def state(bots: Bots, token: str, given: Json) -> bool:
    """Set how a chat stands to the bot, without telling it."""
    bots[token].chats[given["chat"]].state = given["state"]
    return True


def close_topic(bots: Bots, token: str, given: Json) -> bool:
    """Let nobody write into a topic any more."""
    bots[token].chats[given["chat"]].topics.remove(given["topic"])
    return True


def membership(bots: Bots, token: str, given: Json) -> bool:
    """Set what the bot is in a chat, as ``getChatMember`` tells it."""
    bots[token].chats[given.pop("chat")].membership = given
    return True


def webhook(bots: Bots, token: str, given: Json) -> bool:
    """Set a webhook that nothing is sent to, and what went wrong with it."""
    bots[token].webhook = {"url": given["url"], "secret": None} if given["url"] else None
    bots[token].webhook_error = given.get("error")
    bots[token].allowed = given.get("allowed")
    return True


def menu(bots: Bots, token: str, given: Json) -> bool:
    """Set a menu."""
    bots[token].commands[given["scope"]] = given["commands"]
    return True


def limit(bots: Bots, token: str, given: Json) -> bool:
    """Answer floods 429 from now on: by the test's clock where it is set, else by the real one."""
    bots[token].is_limited = given["is_limited"]
    return True


def hold(bots: Bots, token: str, given: Json) -> bool:
    """Send the webhook nothing; afterwards what waits comes at once, as many as setWebhook allows."""
    bots[token].is_held, bots[token].is_bursting = given["is_held"], not given["is_held"]
    return True


def look(bots: Bots, token: str, _: Any) -> Json:
    """Return everything that a test may want to know."""
    bot = bots[token]
    return {
        "waiting": len(bot.updates) + len(bot.again),
        "chats": {str(c.id): list(c.messages.values()) for c in bot.chats.values()},
        "acknowledged": bot.acknowledged,
        "queries": list(bot.queries),
        "webhook": bot.webhook,
        "webhook_error": bot.webhook_error,
        "commands": bot.commands,
        "calls": bot.calls,
        "complaints": bot.complaints,
        "is_polled": bot.poller > 0,
        "conflicts": bot.conflicts,
        "floods": bot.floods,
        "early": bot.early,
        "hanging": bot.hanging,
    }


def _person(act: Callable[[Bot, Json], Json]) -> Callable[[Bots, str, Json], Json]:
    return lambda bots, token, given: act(bots[token], given)


CONTROLS: Mapping[str, Callable[[Bots, str, Any], Any]] = {
    "again": again,
    "chat": chat,
    "clock": clock,
    "close_topic": close_topic,
    "create": create,
    "delete": delete,
    "edit": _person(people.edit),
    "fault": fault,
    "file": file,
    "hold": hold,
    "limit": limit,
    "look": look,
    "member": _person(people.member),
    "membership": membership,
    "menu": menu,
    "migrate": _person(people.migrate),
    "press": _person(people.press),
    "release": release,
    "remove": remove,
    "say": _person(people.say),
    "state": state,
    "update": update,
    "webhook": webhook,
}
