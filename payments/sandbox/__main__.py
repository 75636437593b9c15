"""The command line: `python -m payments.sandbox --port N`.

Never listens beyond this machine: a host that is not loopback is refused.
"""

from __future__ import annotations

import argparse
import ipaddress
import logging
import sys
from pathlib import Path

import uvicorn

from payments.sandbox.box import Settings


def parser() -> argparse.ArgumentParser:
    """The options."""
    options = argparse.ArgumentParser(prog="python -m payments.sandbox", description=__doc__)
    options.add_argument("--port", type=int, default=12111)
    options.add_argument("--host", default="127.0.0.1", help="loopback only")
    options.add_argument("--data", type=Path, help="folder of the journal; without it, memory only")
    options.add_argument("--seed", type=int, help="makes ids repeatable")
    options.add_argument("--webhook", help="address that events are sent to")
    options.add_argument("--webhook-secret", help="secret that events are signed with")
    options.add_argument("--clock-file", type=Path, help="file with the shared offset in seconds")
    options.add_argument("--card-delay", type=int, help="seconds until card funds are available")
    options.add_argument("--card-fee-basis-points", type=int, help="share of a card payment")
    options.add_argument("--card-fee-minor", type=int, help="fixed part, in minor units")
    options.add_argument(
        "--settles",
        type=lambda text: tuple(text.lower().split(",")),
        help="currencies with a balance of their own, as eur,usd; others become euros",
    )
    options.add_argument("--latency-ms", type=int, help="every API call takes at least this long")
    options.add_argument("--readme", action="store_true", help="print the README and stop")
    return options


def settings_of(given: argparse.Namespace) -> Settings:
    """The settings of one sandbox, checked."""
    if not _is_loopback(given.host):
        raise SystemExit(f"--host {given.host}: the sandbox listens on this machine only")
    if given.webhook and not given.webhook_secret:
        raise SystemExit("--webhook needs --webhook-secret")
    chosen = {
        "card_delay_seconds": given.card_delay,
        "card_fee_basis_points": given.card_fee_basis_points,
        "card_fee_minor": given.card_fee_minor,
        "settles": given.settles,
        "latency_ms": given.latency_ms,
    }
    return Settings(
        port=given.port,
        host=given.host,
        data=given.data,
        seed=given.seed,
        webhook=given.webhook,
        webhook_secret=given.webhook_secret,
        clock_file=given.clock_file,
        **{name: value for name, value in chosen.items() if value is not None},
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def main(arguments: list[str] | None = None) -> None:
    """Start the sandbox, or print its README."""
    given = parser().parse_args(arguments)
    if given.readme:
        from payments.sandbox.readme import readme

        sys.stdout.write(readme())
        return
    from payments.sandbox.app import build

    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    settings = settings_of(given)
    uvicorn.run(build(settings), host=settings.host, port=settings.port, log_level="warning")


if __name__ == "__main__":
    main()
