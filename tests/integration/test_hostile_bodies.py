"""Bodies of WeChat and WeCom that are no report: refused within the cap, however they would grow."""

from __future__ import annotations

import itertools
import tracemalloc

import pytest

from bot.tencent import xml as reader
from tests.support.callbacks import Stream, Target
from tests.support.hostile import (
    NOW,
    Hostile,
    each_target,
)


@each_target
def test_a_body_of_50_mb_is_left_unread(hostile: Hostile, target: Target) -> None:
    part = b"a" * 65536
    stream = Stream(part for _ in range(800))
    query, _ = target.call(b"", NOW)

    tracemalloc.start()
    answer = hostile.call(target, query, stream)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert answer.status_code == 413
    assert stream.read <= 5 * len(part)
    assert peak < 5_000_000


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE xml [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">'.encode() for n in range(9))
    + b"]><xml><Content>&j;</Content></xml>"
)
BODIES: dict[str, bytes] = {
    "empty": b"",
    "no xml": b"{}",
    "another root": b"<html/>",
    "cut off": b"<xml><Content>",
    "two roots": b"<xml/><xml/>",
    "entity bomb": BOMB,
    "one entity": b"<!DOCTYPE xml [<!ENTITY a 'b'>]><xml><Content>&a;</Content></xml>",
    "outside entity": b"<!DOCTYPE xml [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><xml><Content>&a;</Content></xml>",
    "document type elsewhere": b"<!DOCTYPE xml SYSTEM 'http://127.0.0.1:9/x.dtd'><xml/>",
    "60,000 siblings": b"<xml>" + b"<a/>" * 60_000 + b"</xml>",
    "50,000 names": b"<xml>" + b"".join(b"<a%d/>" % n for n in range(25_000)) + b"</xml>",
    "20,000 deep": b"<xml>" * 20_000 + b"</xml>" * 20_000,
    "not UTF-8": b"<xml><Content>\xff\xfe\xc3\x28</Content></xml>",
    "UTF-16": "<xml><Content>a</Content></xml>".encode("utf-16"),
    "declares UTF-7": b"<?xml version='1.0' encoding='utf-7'?><xml>+ADw-a+AD4-</xml>",
    "declares what there is not": b"<?xml version='1.0' encoding='nonsense'?><xml/>",
    "NUL by reference": b"<xml><Content>&#0;</Content></xml>",
    "half a pair by reference": b"<xml><Content>&#xD800;</Content></xml>",
    "unknown entity": b"<xml><Content>&nbsp;</Content></xml>",
    "attributes": b"<xml " + b" ".join(b"a%d='1'" % n for n in range(20_000)) + b"/>",
    "one attribute twice": b"<xml a='1' a='2'/>",
    "a long name": b"<xml><" + b"a" * 200_000 + b"/></xml>",
    "namespaces": b"<x:xml xmlns:x='urn:x'><x:Content/></x:xml>",
    "a list": b"<xml><Encrypt>a</Encrypt><Encrypt>b</Encrypt></xml>",
    "nested": b"<xml><Encrypt><a>b</a></Encrypt></xml>",
}


@each_target
@pytest.mark.parametrize("kind", BODIES)
@pytest.mark.parametrize("where", ["outside", "inside"])
def test_a_malformed_body_is_refused(hostile: Hostile, target: Target, kind: str, where: str) -> None:
    before = hostile.received()
    query, body = target.call(BODIES[kind], NOW)

    answer = hostile.call(target, query, BODIES[kind] if where == "outside" else body)

    assert answer.status_code in ((400, 401, 413) if where == "outside" else (400, 413))
    assert hostile.received() == before


@each_target
def test_a_million_siblings_cost_no_more_than_the_cap(hostile: Hostile, target: Target) -> None:
    body = b"<xml>" + b"<a/>" * 1_000_000 + b"</xml>"
    stream = Stream(body[at : at + 65536] for at in range(0, len(body), 65536))
    query, _ = target.call(b"", NOW)

    assert hostile.call(target, query, stream).status_code == 413
    assert stream.read <= 5 * 65536


def test_reading_stops_at_the_first_element_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = itertools.count()
    start = reader._Reader._start

    def counted(self: reader._Reader, name: str, attributes: dict[str, str]) -> None:
        next(seen)
        start(self, name, attributes)

    monkeypatch.setattr(reader._Reader, "_start", counted)

    for body in (BODIES["60,000 siblings"], BODIES["50,000 names"], BODIES["20,000 deep"]):
        with pytest.raises(reader.BadBody):
            reader.parse(body)

    assert next(seen) <= 3 * (reader.MAX_ELEMENTS + 1)
