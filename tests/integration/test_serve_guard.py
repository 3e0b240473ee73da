"""What the service refuses: bodies, hosts and origins; and what a browser is told with every answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from bot.web.guard import MAX_BODY_BYTES
from tests.support.demo import Demo

SEND = "/try/api/send"
JSON = {"content-type": "application/json"}
GOOD = {"side": "customer", "customer": "regular", "staff": "li", "text": "系统崩溃了"}


def refused(response: httpx.Response, status: int) -> str:
    """Check that the answer is a short error, and return it."""
    assert response.status_code == status
    body = response.json()
    assert list(body) == ["error"]
    error = body["error"]
    assert isinstance(error, str)
    assert 0 < len(error) < 100
    return error


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b"[" * 60_000, b'{"text": ' + b"9" * 10_000 + b"}"],
    ids=["empty", "cut off", "no UTF-8", "nested too deep", "a number too long"],
)
def test_a_body_that_is_no_json_is_refused_with_a_short_error_and_a_line_in_the_log(
    http: httpx.Client, body: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    assert "not valid JSON" in refused(http.post(SEND, content=body, headers=JSON), 400)
    printed = capfd.readouterr()
    log = printed.out + printed.err
    assert "request refused" in log
    assert "Traceback" not in log


@pytest.mark.parametrize(
    "changes",
    [
        {"side": "nobody"},
        {"side": None},
        {"customer": "somebody"},
        {"customer": ["regular"]},
        {"side": "staff", "staff": "regular"},
        {"text": 7},
        {"text": None},
        {"choice": "1.0"},
        {"text": None, "choice": ""},
        {"text": None, "choice": "1" * 65},
        {"text": None, "photo": "yes"},
        {"key": 5},
        {"key": "k" * 65},
    ],
    ids=str,
)
def test_a_message_that_is_not_as_the_page_sends_it_is_refused_and_nothing_is_stored(
    http: httpx.Client, changes: dict[str, Any]
) -> None:
    refused(http.post(SEND, json={**GOOD, **changes}), 400)
    assert http.get("/try/api/feed?customer=regular").json()["customer"]["messages"] == []


@pytest.mark.parametrize("body", ["[]", '"text"', "null", "1"])
def test_json_that_is_no_object_is_refused(http: httpx.Client, body: str) -> None:
    assert "JSON object" in refused(http.post(SEND, content=body, headers=JSON), 400)


def test_a_body_over_the_cap_is_refused_whether_or_not_it_says_its_length(http: httpx.Client) -> None:
    big = json.dumps({**GOOD, "text": "a" * MAX_BODY_BYTES}).encode()

    def chunks() -> Iterator[bytes]:
        for start in range(0, len(big), 1000):
            yield big[start : start + 1000]

    refused(http.post(SEND, content=big, headers=JSON), 413)
    refused(http.post(SEND, content=chunks(), headers=JSON), 413)


def test_ten_thousand_characters_are_no_problem(http: httpx.Client) -> None:
    assert http.post(SEND, json={**GOOD, "text": "系" * 10_000}).status_code == 200


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_a_body_that_a_form_of_another_page_could_send_is_refused(http: httpx.Client, kind: str) -> None:
    refused(http.post(SEND, content=json.dumps(GOOD), headers={"content-type": kind}), 415)


@pytest.mark.parametrize("origin", ["http://example.org", "null", "https://127.0.0.1", "http://127.0.0.1:1"])
def test_a_page_of_another_origin_may_not_send(http: httpx.Client, origin: str) -> None:
    refused(http.post(SEND, json=GOOD, headers={"origin": origin}), 403)


def test_the_page_itself_may_send(demo: Demo, http: httpx.Client) -> None:
    assert http.post(SEND, json=GOOD, headers={"origin": demo.url}).status_code == 200


@pytest.mark.parametrize(
    "host", ["rebound.example.org", "rebound.example.org:8000", "127.0.0.1.example.org", "[::2]"]
)
def test_another_name_for_this_machine_is_refused(http: httpx.Client, host: str) -> None:
    refused(http.get("/try", headers={"host": host}), 400)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:1", "[::1]:8000"])
def test_the_names_of_this_machine_are_known(http: httpx.Client, host: str) -> None:
    assert http.get("/try", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/try", "/try/api/samples", "/try/static/js/main.js", "/healthz", "/nowhere", "/try/static/../page.py"],
)
def test_every_answer_tells_the_browser_to_load_nothing_from_elsewhere(http: httpx.Client, path: str) -> None:
    headers = http.get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'self';")
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers


def test_an_unknown_path_and_a_wrong_method_are_short_errors(http: httpx.Client) -> None:
    refused(http.get("/nowhere"), 404)
    refused(http.get(SEND), 405)
    refused(http.get("/try/static/%2e%2e/guard.py"), 404)


def test_a_failure_of_ours_is_answered_and_logged_without_a_word_of_the_customer(
    demo: Demo, http: httpx.Client, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(_: object) -> tuple[int, bool]:
        raise RuntimeError("客户说：密码是 1234")

    monkeypatch.setattr(demo.app, "receive_all", fail)
    assert refused(http.post(SEND, json=GOOD), 500) == "internal error"
    printed = capfd.readouterr()
    log = printed.out + printed.err
    assert "request failed" in log
    assert "RuntimeError" in log
    assert "batches.py" in log  # where it arose, of our own
    assert "1234" not in log
    assert "系统崩溃了" not in log
