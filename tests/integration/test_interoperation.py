"""Our encryption and that of two libraries by others understand each other, both ways.

They are npm's `wechat-crypto` and `@wecom/crypto`, installed into .cache from a lock file with their hashes.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.tencent.callback import Callback
from bot.tencent.xml import parse
from tests.support.callbacks import Target, ask, xml
from tests.support.hostile import KEY, SECURE, WECOM, Hostile, each_sealed, message
from tests.support.npm import installed
from tests.support.world import MONDAY_10

pytestmark = pytest.mark.npm

HERE = Path(__file__).parent / "node"
LIBRARIES = ("wechat-crypto", "@wecom/crypto")
LENGTHS = range(2049)
AT = str(int(MONDAY_10.timestamp()))
Exchange = Callable[[Sequence[dict[str, str]]], list[dict[str, str]]]


@pytest.fixture(scope="session")
def exchange() -> Exchange:
    """Let the libraries do what tasks say, in one process of Node."""
    folder = installed(HERE)

    def run(tasks: Sequence[dict[str, str]]) -> list[dict[str, str]]:
        done = subprocess.run(
            ["node", "--no-deprecation", "exchange.js"],
            cwd=folder,
            input=json.dumps(tasks),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        found: list[dict[str, str]] = json.loads(done.stdout)
        return found

    return run


def words(length: int) -> str:
    """Return a text of so many bytes, with characters of one to four of them."""
    full = "😀中é\na1" * (length // 12 + 1)
    head = full.encode()[:length].decode("utf-8", "ignore")
    return head + "." * (length - len(head.encode()))


def task(library: str, **more: str) -> dict[str, str]:
    secrets = {"token": WECOM.token, "key": KEY, "id": WECOM.receiver}
    return {"library": library, **secrets, "timestamp": AT, "nonce": "nonce", **more}


OURS = Callback(WECOM.token, WECOM.receiver, KEY)


@pytest.mark.parametrize("library", LIBRARIES)
def test_what_they_encrypt_is_understood_at_every_length(exchange: Exchange, library: str) -> None:
    texts = [xml({"Content": words(length)}).decode() for length in LENGTHS]

    made = exchange([task(library, text=text) for text in texts])

    for length, one in zip(LENGTHS, made, strict=True):
        query = {"msg_signature": one["signature"], "timestamp": AT, "nonce": "nonce"}
        body = xml({"Encrypt": one["sealed"]})
        assert OURS.opened(query, body, MONDAY_10).text("Content") == words(length)


@pytest.mark.parametrize("library", LIBRARIES)
def test_what_we_encrypt_is_understood_at_every_length(exchange: Exchange, library: str) -> None:
    sealed = [parse(OURS.sealed(words(length), MONDAY_10)) for length in LENGTHS]
    tasks = [
        task(library, sealed=one.text("Encrypt"), timestamp=one.text("TimeStamp"), nonce=one.text("Nonce"))
        for one in sealed
    ]

    made = exchange(tasks)

    for length, ours, theirs in zip(LENGTHS, sealed, made, strict=True):
        assert theirs["message"] == words(length)
        assert theirs["id"] == WECOM.receiver
        assert theirs["signature"] == ours.text("MsgSignature")


@each_sealed
@pytest.mark.parametrize("library", LIBRARIES)
def test_their_report_is_taken_by_the_running_program(
    exchange: Exchange, hostile: Hostile, target: Target, library: str
) -> None:
    before = hostile.received()
    said = message(target, Content="所有坐席都登不上系统了 😀")
    mine = {"token": target.token, "key": str(target.aes_key), "id": target.receiver}
    [made] = exchange([{**task(library, text=xml(said).decode()), **mine}])

    answer = ask(hostile.served, "POST", target.path, signed(made), xml({"Encrypt": made["sealed"]}))

    assert answer.status_code == 200
    assert hostile.received() == before + 1
    if target is SECURE:
        reply = parse(answer.content)
        [opened] = exchange([{**task(library, sealed=reply.text("Encrypt")), **mine, **times(reply)}])
        assert "优先等级1" in opened["message"]
        assert opened["signature"] == reply.text("MsgSignature")


def signed(made: dict[str, str]) -> dict[str, str]:
    return {"msg_signature": made["signature"], "timestamp": AT, "nonce": "nonce"}


def times(reply: Any) -> dict[str, str]:
    return {"timestamp": reply.text("TimeStamp"), "nonce": reply.text("Nonce")}


@pytest.mark.parametrize("library", LIBRARIES)
def test_wecoms_check_of_the_address_made_by_them_is_answered(
    exchange: Exchange, hostile: Hostile, library: str
) -> None:
    mine = {"token": WECOM.token, "key": str(WECOM.aes_key), "id": WECOM.receiver}
    [made] = exchange([{**task(library, text="6171374513823"), **mine}])

    answer = ask(hostile.served, "GET", WECOM.path, {**signed(made), "echostr": made["sealed"]})

    assert (answer.status_code, answer.text) == (200, "6171374513823")
