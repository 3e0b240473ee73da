"""wechatpy's description of the API, over HTTP and tokens of our own.

wechatpy knows the endpoints and what they take; its transport repeats a call without end on 40001, takes an
HTML page for success, forgets time limits and quotes secrets in its errors. So `Calls` replaces it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from wechatpy.client import WeChatClient
from wechatpy.enterprise import WeChatClient as WeComClient

from bot.tencent.failures import PlatformError, Trouble, of_code
from bot.tencent.http import MAX_ANSWER_BYTES, Answer, Files, Http
from bot.tencent.tokens import Shelf, Tokens

MEDIA = "media/get"
DOWNLOAD = "video_url"
MAX_HINT = 120


class Transport:
    """One account's way to its platform.

    Args:
        base: address of the API, without ``/cgi-bin``; a call that begins with a slash is not below that.
    """

    def __init__(self, base: str, http: Http | None = None) -> None:
        self._base = base
        self._http = http or Http()

    def ask(
        self,
        call: str,
        method: str,
        params: Mapping[str, Any],
        data: Mapping[str, Any] | None = None,
        max_bytes: int = MAX_ANSWER_BYTES,
        files: Files | None = None,
    ) -> Any:
        """Return an answer's JSON object; the file itself where one was asked for and given.

        Raises:
            PlatformError: anything else, an ``errcode`` above all.
        """
        content = None if data is None else json.dumps(data, ensure_ascii=False).encode("utf-8", "ignore")
        url = self._base + (call if call.startswith("/") else f"/cgi-bin/{call}")
        answer = self._http.ask(
            call,
            method,
            url,
            params=params,
            content=content,
            files=files,
            max_bytes=max_bytes,
            is_file=call == MEDIA,
        )
        if call == MEDIA and not _is_text(answer):
            return answer
        return _object(call, answer, [*params.values(), *(data or {}).values()])

    def download(self, url: str, max_bytes: int) -> Answer:
        """Return a file that the platform keeps elsewhere; nothing of the account goes along.

        Raises:
            PlatformError: it can't be had.
        """
        if not url.startswith(("http://", "https://")):
            raise PlatformError(DOWNLOAD, Trouble.PERMANENT, hint="no web address")
        answer = self._http.ask(DOWNLOAD, "GET", url, params={}, max_bytes=max_bytes, is_file=True)
        if _is_text(answer):  # a page that says why not
            raise PlatformError(DOWNLOAD, Trouble.BUSY, hint="the answer is no file")
        return answer

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


def _is_text(answer: Answer) -> bool:
    kind = answer.content_type.partition(";")[0].strip().lower()
    return kind in ("application/json", "text/plain", "text/html")


def _object(call: str, answer: Answer, asked: Sequence[object]) -> dict[str, Any]:
    """Return what an answer says; a page of HTML under 200 is a gateway's trouble.

    Args:
        asked: what was asked with: the platform's words may quote it, and a secret is among it.
    """
    try:
        said = json.loads(answer.body)
    except (ValueError, RecursionError):
        raise PlatformError(call, Trouble.BUSY, hint="the answer is no JSON") from None
    if not isinstance(said, dict):
        raise PlatformError(call, Trouble.BUSY, hint="the answer is no JSON object")
    code = said.get("errcode", 0)
    if not isinstance(code, int) or code != 0:
        number = code if isinstance(code, int) else -1
        error = of_code(call, number)
        if error.trouble is Trouble.OPERATOR:
            raise of_code(call, number, _redacted(str(said.get("errmsg", "")), asked)[:MAX_HINT])
        raise error
    return said


def _redacted(words: str, asked: Sequence[object]) -> str:
    for value in asked:
        if isinstance(value, str) and value:
            words = words.replace(value, "***")
    return words


class Calls:
    """In place of wechatpy's transport: a token that is renewed once, then once more, never again."""

    def __init__(self, *, transport: Transport, tokens: Tokens) -> None:
        self._transport = transport
        self._tokens = tokens

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def get(self, url: str, **asked: Any) -> Any:
        """Ask an endpoint."""
        return self._ask("GET", url, **asked)

    def post(self, url: str, **asked: Any) -> Any:
        """Ask an endpoint with a JSON body."""
        return self._ask("POST", url, **asked)

    def download(self, url: str, max_bytes: int) -> Answer:
        """Return a file that the platform keeps elsewhere.

        Raises:
            PlatformError: it can't be had.
        """
        return self._transport.download(url, max_bytes)

    def _ask(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        max_bytes: int = MAX_ANSWER_BYTES,
        files: Files | None = None,
        result_processor: Callable[[Any], Any] = lambda result: result,
        **_: Any,
    ) -> Any:
        token = self._tokens.current()
        try:
            found = self._with(token, method, url, params, data, max_bytes, files)
        except PlatformError as error:
            if error.trouble is not Trouble.TOKEN:
                raise
            found = self._again(token, method, url, params, data, max_bytes, files)
        return result_processor(found)

    def _again(self, rejected: str, *asked: Any) -> Any:
        try:
            return self._with(self._tokens.after(rejected), *asked)
        except PlatformError as error:
            if error.trouble is Trouble.TOKEN:  # a new one, and it is not accepted either
                raise PlatformError(error.call, Trouble.OPERATOR, error.code) from None
            raise

    def _with(self, token: str, method: str, url: str, params: Any, *rest: Any) -> Any:
        return self._transport.ask(url, method, {**(params or {}), "access_token": token}, *rest)


class WechatApi(Calls, WeChatClient):  # type: ignore[misc] # wechatpy is untyped
    """The API of a WeChat Official Account: ``api.message.send_text(…)`` and the rest of wechatpy's."""

    access_token = ""  # wechatpy's own would fetch one while the object is made


class WecomApi(Calls, WeComClient):  # type: ignore[misc] # wechatpy is untyped
    """The API of WeCom."""

    access_token = ""


def wechat_api(base: str, appid: str, secret: str, shelf: Shelf, now: Callable[[], Any]) -> WechatApi:
    """Return the API of an Official Account, with its token from `stable_token`."""
    transport = Transport(base)

    def fetch(force: bool) -> tuple[str, int]:
        asked = {
            "grant_type": "client_credential",
            "appid": appid,
            "secret": secret,
            "force_refresh": force,
        }
        return _token("stable_token", transport, "POST", {}, asked)

    tokens = Tokens(f"wechat:{appid}", shelf, fetch, now)
    return WechatApi(transport=transport, tokens=tokens)


def wecom_api(
    base: str, corpid: str, agent: str, secret: str, shelf: Shelf, now: Callable[[], Any]
) -> WecomApi:
    """Return the API of an application in WeCom; its token belongs to the application's secret."""
    transport = Transport(base)

    def fetch(_force: bool) -> tuple[str, int]:
        return _token("gettoken", transport, "GET", {"corpid": corpid, "corpsecret": secret}, None)

    tokens = Tokens(f"wecom:{corpid}:{agent}", shelf, fetch, now)
    return WecomApi(transport=transport, tokens=tokens)


def _token(
    call: str, transport: Transport, method: str, params: Mapping[str, Any], data: Mapping[str, Any] | None
) -> tuple[str, int]:
    try:
        said = transport.ask(call, method, params, data)
    except PlatformError as error:
        if error.trouble is Trouble.TOKEN:  # here the codes speak of AppID and secret
            raise PlatformError(call, Trouble.OPERATOR, error.code, error.hint) from None
        if error.trouble is Trouble.UNKNOWN:  # to ask again does no harm
            raise PlatformError(call, Trouble.BUSY, error.code, error.hint) from None
        raise
    value, lifetime_s = said.get("access_token"), said.get("expires_in")
    if not isinstance(value, str) or not value or not isinstance(lifetime_s, int):
        raise PlatformError(call, Trouble.BUSY, hint="no token in the answer")
    return value, lifetime_s
