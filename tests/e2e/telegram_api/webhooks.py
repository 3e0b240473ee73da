"""What the service sends to webhooks, again and again until it is acknowledged."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from collections import deque

from tests.e2e.telegram_api.state import Bot, Json

NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))
WEBHOOK_TIMEOUT_S = 20
REDELIVERY_PAUSE_S = 0.05  # the real service waits longer and longer


def deliver_webhooks(bots: dict[str, Bot]) -> None:
    """Send what waits to the webhooks until it is acknowledged: in order, or a burst all at once."""
    while True:
        bursts = [_push_all(bot, _burst(bot)) for bot in list(bots.values()) if bot.webhook]
        if not any(bursts):
            time.sleep(REDELIVERY_PAUSE_S)


def _push_all(bot: Bot, updates: list[Json]) -> bool:
    found: list[bool] = []

    def push(update_: Json) -> None:
        found.append(_push(bot, update_))

    pushes = [threading.Thread(target=push, args=(update_,), daemon=True) for update_ in updates]
    for one in pushes:
        one.start()
    for one in pushes:
        one.join()
    return any(found)


def _burst(bot: Bot) -> list[Json]:
    """Return what is sent together, the latest first: the real service promises no order either."""
    if bot.is_held:
        return []
    connections = bot.webhook.get("connections", 1) if bot.webhook and bot.is_bursting else 1
    return list(bot.updates)[:connections][::-1]


def _push(bot: Bot, update_: Json) -> bool:
    hook = bot.webhook
    if hook is None:
        return False
    headers = {"Content-Type": "application/json"}
    if hook["secret"]:
        headers["X-Telegram-Bot-Api-Secret-Token"] = hook["secret"]
    request = urllib.request.Request(hook["url"], json.dumps(update_).encode(), headers)  # noqa: S310
    try:
        with NO_PROXY.open(request, timeout=WEBHOOK_TIMEOUT_S) as answer:
            answer.read()
    except urllib.error.HTTPError as error:
        bot.webhook_error = f"Wrong response from the webhook: {error.code} {error.reason}"
        error.close()
        return False
    except OSError as error:
        bot.webhook_error = f"Connection failed: {type(error).__name__}"
        return False
    with bot.changed:
        bot.updates = deque(other for other in bot.updates if other is not update_)
    return True
