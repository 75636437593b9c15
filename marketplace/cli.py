"""The command line: `python -m marketplace.cli <command>`. One table of what commands.py does.

`up` starts the whole product; every other command joins the instance that runs in its data
folder, or uses the environment's own settings.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from marketplace import commands
from marketplace.core.settings import explain, settings
from marketplace.runtime import environment
from marketplace.runtime.failures import CannotStart

if TYPE_CHECKING:
    from collections.abc import Callable

Arguments = argparse.Namespace
NOT_RUNNING = (
    "Nothing runs in {data} and DATABASE_URL is not set: start ./run in another terminal first, "
    "name its folder with --data, or set DATABASE_URL."
)


@dataclass(frozen=True)
class Argument:
    """One option of a command: its flag and what argparse is told about it."""

    flag: str
    options: dict[str, object]


@dataclass(frozen=True)
class Command:
    """One command; `run` is a function or a coroutine function giving the exit status."""

    name: str
    run: Callable[[Arguments], object]
    arguments: tuple[Argument, ...] = ()
    joins: bool = True  # needs a database: that of the running instance or DATABASE_URL


def _option(flag: str, **options: object) -> Argument:
    return Argument(flag, options)


HOST = _option("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
PORT = _option("--port", type=int, default=8000, help="port to listen on (8000)")

COMMANDS = (
    Command(
        "up",
        commands.up,
        (
            HOST,
            PORT,
            _option("--no-demo", action="store_true", help="start with an empty marketplace"),
            _option("--web", type=int, default=1, metavar="N", help="web processes (1)"),
            _option("--restore", type=Path, metavar="FILE", help="begin with a backup"),
        ),
        joins=False,
    ),
    Command(
        "web",
        commands.web,
        (HOST, PORT),
    ),
    Command("worker", commands.worker),
    Command("migrate", commands.migrate),
    Command(
        "seed",
        commands.seed,
        (_option("--assistants", type=int, default=0, help="a large directory of this many"),),
    ),
    Command("exec", commands.execute, (_option("program", nargs=argparse.REMAINDER),)),
    Command(
        "operator",
        commands.operator,
        (
            _option("action", choices=("list", "grant", "revoke")),
            _option("email", nargs="?", default="", help="address of the person's account"),
        ),
    ),
    Command("reindex", commands.reindex),
    Command("reconcile", commands.reconcile),
    Command("sweep", commands.sweep),
    Command(
        "resume",
        commands.resume,
        (_option("--anyway", action="store_true", help="though the books and Stripe differ"),),
    ),
    Command(
        "rates",
        commands.rates,
        (_option("--from", dest="source", default="", help="address or file (the ECB's own)"),),
        joins=False,
    ),
    Command(
        "seal",
        commands.seal,
        (
            _option("action", choices=("make", "rotate", "revoke", "renew", "show")),
            _option("--serial", default="", help="of the certificate to revoke, as `show` says"),
            _option("--public", type=Path, help="public half (PEM) of a key in a device"),
        ),
        joins=False,
    ),
    Command(
        "verify",
        commands.verify,
        (
            _option("file", type=Path, help="the sealed PDF"),
            _option("--ca", type=Path, required=True, help="ca.pem, from <address>/seal/ca.pem"),
            _option("--crl", type=Path, help="list of revoked certificates, <address>/seal/ca.crl"),
            _option("--lang", choices=("fr", "en"), default="fr", help="language (fr)"),
        ),
        joins=False,
    ),
)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="relais", description="Relais, a marketplace to host.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for command in COMMANDS:
        summary = (command.run.__doc__ or "").partition("\n")[0]
        sub = commands.add_parser(command.name, help=summary, description=summary)
        sub.add_argument("--data", type=Path, help="data folder (var)")
        for argument in command.arguments:
            sub.add_argument(argument.flag, **argument.options)  # type: ignore[arg-type]
        sub.set_defaults(chosen=command)
    return parser


def _join(chosen: Arguments) -> None:
    """Take over the settings of the running instance, unless a database is named and no folder."""
    if settings().database_url and chosen.data is None:
        return
    data = (chosen.data or settings().data_dir).resolve()
    joined = environment.join(data)
    settings.cache_clear()
    if not joined and not settings().database_url:
        raise CannotStart(NOT_RUNNING.format(data=data))


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status."""
    chosen = _parser().parse_args(arguments)
    command: Command = chosen.chosen
    try:
        if command.joins:
            _join(chosen)
        else:
            settings()
        if asyncio.iscoroutinefunction(command.run):
            status: int = asyncio.run(command.run(chosen))
        else:
            status = int(command.run(chosen))  # type: ignore[call-overload]
    except ValidationError as error:
        if error.title != "Settings":
            raise
        sys.stderr.write(f"Relais cannot start with these settings:\n{explain(error)}\n")
        return 1
    except CannotStart as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return status


if __name__ == "__main__":
    sys.exit(main())
