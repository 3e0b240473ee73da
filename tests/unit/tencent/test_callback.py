"""What is believed of a callback, and what is refused with which error."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.tencent.callback import Callback, Unproven, _signature
from bot.tencent.xml import BadBody, parse

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
KEY = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aQ"
SECURE = Callback("token", "wx1", KEY)
PLAIN = Callback("token", "wx1")
BODY = "<xml><Content>您好</Content></xml>"


def query_of(sealed: str) -> dict[str, str]:
    """Return the query that goes with a sealed body."""
    fields = parse(sealed)
    return {
        "timestamp": fields.text("TimeStamp"),
        "nonce": fields.text("Nonce"),
        "msg_signature": fields.text("MsgSignature"),
    }


def signed(at: datetime = NOW, secret: str = SECURE.token) -> dict[str, str]:
    """Return the query of a plain callback."""
    timestamp = str(int(at.timestamp()))
    return {"timestamp": timestamp, "nonce": "n", "signature": _signature(secret, timestamp, "n")}


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=700))
def test_what_is_sealed_is_opened_again(text: str) -> None:
    wrapped = f"<xml><A>{base64.b64encode(text.encode()).decode()}</A></xml>"
    sealed = SECURE.sealed(wrapped, NOW)
    opened = SECURE.opened(query_of(sealed), sealed.encode(), NOW)
    assert base64.b64decode(opened.text("A")).decode() == text


def test_two_sealings_of_one_text_have_no_block_in_common() -> None:
    first, second = (parse(SECURE.sealed(BODY, NOW)).text("Encrypt") for _ in range(2))
    assert first[:16] != second[:16]


def test_the_set_up_check_is_answered_when_signed() -> None:
    assert PLAIN.echo({**signed(), "echostr": "42"}, NOW) == "42"
    assert SECURE.echo({**signed(), "echostr": "42"}, NOW) == "42"


@pytest.mark.parametrize(
    "query",
    [
        {},
        signed(NOW, "other"),
        signed(NOW - timedelta(minutes=6)),
        signed(NOW + timedelta(minutes=6)),
        {**signed(), "signature": "é" * 40},
        {"timestamp": "１２３", "nonce": "n", "signature": _signature("token", "１２３", "n")},
        {"timestamp": "9" * 40, "nonce": "n", "signature": _signature("token", "9" * 40, "n")},
    ],
    ids=["nothing", "other token", "old", "future", "no ascii", "other digits", "no instant"],
)
def test_what_is_not_signed_and_fresh_is_refused(query: dict[str, str]) -> None:
    with pytest.raises(Unproven):
        PLAIN.opened(query, BODY.encode(), NOW)


def test_in_secure_mode_only_what_is_encrypted_counts() -> None:
    with pytest.raises(Unproven):
        SECURE.opened(signed(), BODY.encode(), NOW)
    sealed = SECURE.sealed(BODY, NOW)
    compatible = sealed.replace("<xml>", "<xml><Content>forged</Content>", 1)
    assert SECURE.opened(query_of(sealed), compatible.encode(), NOW).text("Content") == "您好"


def test_a_sealed_body_under_another_signature_is_refused() -> None:
    sealed = SECURE.sealed(BODY, NOW)
    other = SECURE.sealed(BODY, NOW)
    with pytest.raises(Unproven):
        SECURE.opened(query_of(other), sealed.encode(), NOW)


def test_a_message_for_another_account_is_refused() -> None:
    sealed = Callback("token", "wx2", KEY).sealed(BODY, NOW)
    with pytest.raises(BadBody):
        SECURE.opened(query_of(sealed), sealed.encode(), NOW)


@pytest.mark.parametrize("inside", ["", "!!!!", "QUJD", base64.b64encode(b"x" * 33).decode(), "Ｑ" * 8])
def test_signed_rubbish_is_a_bad_body(inside: str) -> None:
    timestamp = str(int(NOW.timestamp()))
    query = {
        "timestamp": timestamp,
        "nonce": "n",
        "msg_signature": _signature("token", timestamp, "n", inside),
    }
    with pytest.raises((BadBody, Unproven)):
        SECURE.opened(query, f"<xml><Encrypt>{inside}</Encrypt></xml>".encode(), NOW)


def test_wecoms_set_up_check_is_encrypted() -> None:
    sealed = parse(SECURE.sealed("4711", NOW))
    query = {
        "timestamp": sealed.text("TimeStamp"),
        "nonce": sealed.text("Nonce"),
        "msg_signature": sealed.text("MsgSignature"),
        "echostr": sealed.text("Encrypt"),
    }
    assert SECURE.sealed_echo(query, NOW) == "4711"
    with pytest.raises(Unproven):
        SECURE.sealed_echo({**query, "nonce": "other"}, NOW)


def test_an_empty_token_is_no_token() -> None:
    with pytest.raises(ValueError, match="empty token"):
        Callback("", "wx1")


def test_neither_token_nor_key_is_shown() -> None:
    assert "token='" not in repr(SECURE)
    assert KEY not in repr(SECURE)
