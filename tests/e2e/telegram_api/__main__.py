"""The process: prints its port, ends with its standard input."""

from __future__ import annotations

from contextlib import suppress

from tests.e2e.telegram_api.server import main

with suppress(EOFError, KeyboardInterrupt):
    main()
