"""Valid callbacks of WeChat and WeCom, mutated: never a fault, never a leak."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from bot.tencent import xml as reader
from tests.support.callbacks import Target, xml
from tests.support.hostile import (
    NOW,
    TARGETS,
    Hostile,
    message,
)


@st.composite
def callbacks(draw: st.DrawFn) -> tuple[Target, dict[str, str], bytes]:
    """A valid callback, mutated in its fields, its bytes, its encryption or its query."""
    target = draw(st.sampled_from(TARGETS))
    body = xml(draw(fields(target)))
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 3]))):
        body = draw(mutated(body))
    query, sealed = target.call(body, NOW)
    if draw(st.sampled_from([False, False, False, True])):
        sealed = draw(mutated(sealed))
    if draw(st.sampled_from([False, False, False, True])):
        name = draw(st.sampled_from(sorted(query)))
        query = {**query, name: draw(st.text(max_size=60))}
    return target, query, sealed


@st.composite
def fields(draw: st.DrawFn, target: Target) -> dict[str, str]:
    """A message or an event with some fields of any text."""
    happened = {"MsgType": "event", "Event": draw(st.sampled_from(EVENTS)), "EventKey": "1.0", "MsgId": None}
    other = {"MsgType": draw(st.sampled_from(KINDS)), **RARE}
    found = message(target, **draw(st.sampled_from([{}, happened, other])))
    names, values = st.sampled_from([*found, *RARE]), st.one_of(st.text(max_size=80), st.sampled_from(VALUES))
    changes = draw(st.dictionaries(names, values, max_size=2))
    return {**found, **{name: reader._NO_XML.sub("", value) for name, value in changes.items()}}


PUT = (b"<a>", b"]]>", b"&#x1;", b"\0", b"<!DOCTYPE xml>")
RARE = {
    "MediaId": "media-1",
    "Location_X": "39.9",
    "Location_Y": "116.4",
    "Url": "https://customer.example/",
    "EventKey": "1.0",
    "bizmsgmenuid": "1.0",
    "TaskId": "task-1",
    "ResponseCode": "code-1",
}
VALUES = ("0", "1.0", "-1", "9" * 30, "确认 T1 1", "撤销", "所有坐席都登不上")
KINDS = ("image", "voice", "video", "shortvideo", "location", "link", "file")
EVENTS = ("subscribe", "unsubscribe", "SCAN", "CLICK", "VIEW", "template_card_event", "TEMPLATESENDJOBFINISH")


@st.composite
def mutated(draw: st.DrawFn, body: bytes) -> bytes:
    """Bytes with a slice dropped, doubled, replaced or moved."""
    start = draw(st.integers(0, len(body)))
    end = draw(st.integers(start, min(len(body), start + 40)))
    piece = body[start:end]
    put = draw(st.sampled_from([b"", piece * 2, draw(st.binary(max_size=8)), *PUT]))
    return body[:start] + put + body[end:]


@pytest.mark.parametrize(
    "hostile", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
@given(call=callbacks())
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_mutation_of_a_callback_makes_us_fail(
    hostile: Hostile, call: tuple[Target, dict[str, str], bytes]
) -> None:
    answer = hostile.call(*call)
    event(f"{call[0].name}: {answer.status_code}")  # pytest --hypothesis-show-statistics
