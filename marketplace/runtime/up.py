"""Owns `up`: one machine from start to Ctrl-C, and what the person reads meanwhile."""

from __future__ import annotations

import signal
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dotenv import load_dotenv

from marketplace.core.settings import settings
from marketplace.runtime.failures import CannotStart
from marketplace.runtime.machine import Machine, Options

if TYPE_CHECKING:
    import argparse

TEND_SECONDS = 0.1
HELD = """It was restored from a backup, so no money moves and no mail leaves it until you say so:
  python -m marketplace.cli resume --data {data}     (deploy/README.md, "Backups")"""
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(chosen: argparse.Namespace) -> int:
    """Start everything, keep it running until a signal, end it in order; the exit status."""
    load_dotenv(".env")  # for PG_BIN and MEILI_BIN; settings read the same file
    known = settings()
    folder = (chosen.data or known.data_dir).expanduser().resolve()
    _make(folder)
    backup = chosen.restore.expanduser().resolve() if chosen.restore else None
    demo = known.demo_logins and not chosen.no_demo and backup is None
    options = Options(folder, chosen.host, chosen.port, demo, chosen.web, backup)
    for number in STOPPING:
        signal.signal(number, signal.default_int_handler)
    machine = Machine(options, known, _say)
    try:
        machine.start()
        _seed(machine)
        if machine.lacks_index:
            machine.reindex()
        _announce(machine)
        while True:
            machine.tend()
            time.sleep(TEND_SECONDS)
    except KeyboardInterrupt:
        _say("stopping")
        return 0
    finally:
        for number in STOPPING:
            signal.signal(number, signal.SIG_IGN)  # once is enough; the children need their time
        machine.stop()


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / "logs").mkdir(exist_ok=True)
    except OSError as error:
        msg = f"Cannot write to {folder} ({error.strerror}); choose another folder with --data."
        raise CannotStart(msg) from error


def _seed(machine: Machine) -> None:
    if not machine.options.demo or find_spec("marketplace.demo") is None:
        return
    if machine.is_done("demo"):  # without the seconds a command needs to start
        return
    if not machine.run("seed", "--data", str(machine.options.data_dir)):
        _say("the demo is not complete; the next start goes on with it")


def _announce(machine: Machine) -> None:
    _say(f"Relais is ready: {machine.options.url}  (stop with Ctrl-C)")
    if machine.is_done("restored"):  # core/held.py
        _say(HELD.format(data=machine.options.data_dir))
    for line in _logins() if machine.options.demo else []:
        _say(line)


def _logins() -> list[str]:
    """What marketplace.demo says about its people: LOGINS of (who, e-mail) and their PASSWORD."""
    if find_spec("marketplace.demo") is None:
        return []
    from importlib import import_module

    rules: Any = import_module("marketplace.demo.rules")
    lines = [f"  {who:<28} {email}" for who, email in rules.LOGINS]
    return [f"Demo logins, all with the password {rules.PASSWORD}", *lines]


def _say(text: str) -> None:
    print(text, flush=True)
