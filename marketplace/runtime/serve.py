"""Owns one web process: `python -m marketplace.runtime.serve`; never what it answers."""

from __future__ import annotations

import argparse
import logging
import socket
import sys

import uvicorn

from marketplace.core.settings import settings
from marketplace.runtime import ports
from marketplace.runtime.failures import CannotStart

GRACE_SECONDS = 10
KEEP_ALIVE_SECONDS = 75  # longer than nginx keeps a connection: who closes first loses nothing


def main(arguments: list[str] | None = None) -> int:
    """Serve on an inherited listening socket (`--fd`) or on an address of our own."""
    parser = argparse.ArgumentParser(prog="relais web")
    parser.add_argument("--fd", type=int, help="an inherited listening socket")
    parser.add_argument("--host", default=ports.LOOPBACK)
    parser.add_argument("--port", type=int, default=8000)
    chosen = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for noisy in ("procrastinate", "tortoise"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    if chosen.fd is None:
        try:
            server = ports.listen(chosen.host, chosen.port)
        except CannotStart as error:
            sys.stderr.write(f"{error}\n")
            return 1
    else:
        server = socket.socket(fileno=chosen.fd)
    config = uvicorn.Config(
        "marketplace.app:create_app",
        factory=True,
        access_log=False,  # addresses hold tokens of mails and sign-in
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=settings().behind,
        log_config=None,
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
    )
    uvicorn.Server(config).run(sockets=[server])
    return 0


if __name__ == "__main__":
    sys.exit(main())
