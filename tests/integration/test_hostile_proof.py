"""Callbacks of WeChat and WeCom that prove nothing: refused, and nothing is said of why."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.callbacks import Target, ask, xml
from tests.support.hostile import (
    NOW,
    WECOM,
    Hostile,
    each_sealed,
    each_target,
    message,
)


@each_target
def test_a_proven_message_is_taken_once_however_often_it_comes(hostile: Hostile, target: Target) -> None:
    before = hostile.received()
    query, body = target.call(xml(message(target)), NOW)

    answers = [hostile.call(target, query, body).status_code for _ in range(3)]

    assert answers == [200, 200, 200]
    assert hostile.received() == before + 1


SIGNATURES: dict[str, Callable[[str], str | None]] = {
    "none": lambda _: None,
    "empty": lambda _: "",
    "wrong": lambda _: "0" * 40,
    "shorter": lambda good: good[:39],
    "upper": str.upper,
    "not ascii": lambda _: "签名" * 20,
    "long": lambda good: good * 1000,
}


@each_target
@pytest.mark.parametrize("signature", SIGNATURES)
def test_a_wrong_signature_is_refused(hostile: Hostile, target: Target, signature: str) -> None:
    before = hostile.received()
    query, body = target.call(xml(message(target)), NOW)
    name = next(name for name in query if name.endswith("signature"))
    wrong = SIGNATURES[signature](query[name])
    query = {key: value for key, value in {**query, name: wrong}.items() if value is not None}

    assert hostile.call(target, query, body).status_code == 401
    assert hostile.received() == before


@each_target
@pytest.mark.parametrize("at", [NOW - 301, NOW + 301, 0, NOW * 1000])
def test_what_is_not_fresh_is_refused_though_it_is_signed(
    hostile: Hostile, target: Target, at: float
) -> None:
    before = hostile.received()

    assert hostile.call(target, *target.call(xml(message(target)), at)).status_code == 401
    assert hostile.received() == before


@each_target
@pytest.mark.parametrize("timestamp", ["", "now", "-1", "１２３", "9" * 5000, "1e9", "\0"])
def test_a_timestamp_that_is_none_is_refused(hostile: Hostile, target: Target, timestamp: str) -> None:
    query, body = target.call(xml(message(target)), NOW)

    assert hostile.call(target, {**query, "timestamp": timestamp}, body).status_code == 401


@each_sealed
def test_a_plain_body_where_it_must_be_encrypted_is_refused(hostile: Hostile, target: Target) -> None:
    query, _ = target.call(b"", NOW)
    plain = Target(target.path, target.token, target.receiver)

    for body in (xml(message(target)), b"<xml><Encrypt></Encrypt></xml>"):
        assert hostile.call(target, query, body).status_code == 401
        assert hostile.call(target, {**plain.query(NOW)}, body).status_code == 401


def crypto(target: Target) -> dict[str, str]:
    """Return what is signed and can't be decrypted."""
    said = xml(message(target))
    good = target.pad(said)
    other = Target(target.path, target.token, target.receiver, "B" * 42 + "A")
    return {
        "nothing": "",
        "no base64": "&&&&",
        "other letters": "签名",
        "half a block": target.encrypt(good[:16]),
        "cut off": target.encrypt(good)[:-24],
        "another key": other.encrypt(good),
        "another receiver": target.encrypt(target.pad(said, "wx-another")),
        "no receiver": target.encrypt(target.pad(said, "")),
        "padding 0": target.encrypt(good[:-1] + b"\0"),
        "padding 33": target.encrypt(good[:-1] + b"\x21"),
        "padding 255": target.encrypt(good[:-1] + b"\xff"),
        "padding of two kinds": target.encrypt(good[: -good[-1]] + b"\x01" * (good[-1] - 1) + good[-1:])
        if good[-1] > 1
        else "",
        "a length beyond the end": target.encrypt(good[:16] + b"\x7f\xff\xff\xff" + good[20:]),
        "a length that is negative": target.encrypt(good[:16] + b"\xff\xff\xff\xff" + good[20:]),
        "a length of 0": target.encrypt(good[:16] + b"\0\0\0\0" + good[20:]),
        "no UTF-8": target.encrypt(target.pad(b"\xff\xfe<xml/>")),
        "an envelope again": target.encrypt(target.pad(target.call(said, NOW)[1])),
    }


@each_sealed
def test_what_can_not_be_decrypted_is_refused(hostile: Hostile, target: Target) -> None:
    before = hostile.received()
    found = {
        kind: hostile.call(target, *target.sealed(sealed, NOW)).status_code
        for kind, sealed in crypto(target).items()
    }

    assert {kind: status for kind, status in found.items() if status not in (400, 401)} in (
        {},
        {"padding of two kinds": 200},  # PKCS#7 only says how many: the text itself is whole
    )
    assert hostile.received() <= before + 1


@each_target
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused(hostile: Hostile, target: Target, method: str) -> None:
    assert ask(hostile.served, method, target.path).status_code == 405


@each_target
def test_the_set_up_check_is_proven_too(hostile: Hostile, target: Target) -> None:
    for query in ({}, {"echostr": "x"}, {**target.query(NOW, "x"), "echostr": "y" * 10_000}):
        answer = ask(hostile.served, "GET", target.path, query)
        proven = target is not WECOM and "nonce" in query
        assert answer.status_code in ((200, 401) if proven else (400, 401))
