"""Serve on a free port of this machine and print its address."""

from __future__ import annotations

import argparse
import socket

import uvicorn

from tests.e2e.wecom_api.server import application


def main() -> None:
    """Run until killed."""
    parser = argparse.ArgumentParser()
    for name in ("corpid", "secret", "agent", "token", "aes-key"):
        parser.add_argument(f"--{name}", required=True)
    given = parser.parse_args()
    app = application(given.corpid, given.secret, int(given.agent), given.token, given.aes_key)
    listener = socket.create_server(("127.0.0.1", 0))
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off")).run([listener])


if __name__ == "__main__":
    main()
