"""A process that ends in the middle of what it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest


class _Killed(BaseException):
    """The process ends here: nothing of what follows is done, recording the outcome least of all."""


@contextmanager
def killed_before(
    monkeypatch: pytest.MonkeyPatch, api: type[Any], is_time: Callable[[str], bool]
) -> Iterator[None]:
    """End what is done within by death, before a platform's client posts to the address that is named."""
    post = api.post

    def dying(client: Any, url: str, **asked: Any) -> Any:
        if is_time(url):
            raise _Killed
        return post(client, url, **asked)

    with monkeypatch.context() as patch:
        patch.setattr(api, "post", dying)
        with pytest.raises(_Killed):
            yield
