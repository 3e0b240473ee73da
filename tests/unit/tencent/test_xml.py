"""The platforms' XML: what is read of it, and that whatever else comes is a bad body."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.tencent.xml import BadBody, Fields, parse


def test_text_and_numbers_are_read() -> None:
    fields = parse(
        b"<xml><Content><![CDATA[a<b]]>&amp;c</Content><MsgId>18446744073709551615</MsgId><Empty/></xml>"
    )
    assert fields.text("Content") == "a<b&c"
    assert fields.number("MsgId") == 2**64 - 1
    assert fields.text("Empty") == fields.text("Absent") == ""


def test_control_characters_are_left_out() -> None:
    assert parse("<xml><A>a\x00\x08b\ufffe\tc</A></xml>".encode()).text("A") == "ab\tc"


def test_what_lies_deeper_is_at_hand_but_no_text() -> None:
    fields = parse("<xml><S><I><K>1</K></I><I><K>2</K></I></S></xml>")
    assert [item.text("K") for item in fields.below["S"][0].below["I"]] == ["1", "2"]
    with pytest.raises(BadBody, match="nested"):
        fields.text("S")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"rubbish",
        b"<xml>",
        b"<html></html>",
        b"\xff\xfe<xml/>",
        b"<xml><A>1</A><A>2</A></xml>",
        b'<!DOCTYPE x [<!ENTITY a "aaaa">]><xml><A>&a;</A></xml>',
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><xml/>',
        b"<xml><A>&undefined;</A></xml>",
        b"<xml>" + b"<a>" * 50 + b"</a>" * 50 + b"</xml>",
        b"<xml>" + b"<a/>" * 60_000 + b"</xml>",
        b"<xml>" + b"".join(b"<a%d/>" % n for n in range(20_000)) + b"</xml>",
        b"<xml><A>&#1;</A></xml>",
        "<xml><A>\ud800</A></xml>",
    ],
)
def test_anything_else_is_a_bad_body(body: bytes | str) -> None:
    with pytest.raises(BadBody):
        parse(body)


@pytest.mark.parametrize("number", ["", "-1", "1.5", "9" * 21, "１", "0x10"])
def test_a_number_is_digits(number: str) -> None:
    with pytest.raises(BadBody):
        parse(f"<xml><N>{number}</N></xml>").number("N")


@given(st.binary(max_size=400))
def test_no_bytes_get_past_the_guard(body: bytes) -> None:
    with suppress(BadBody):
        assert isinstance(parse(b"<xml>" + body + b"</xml>"), Fields)
