"""Owns the gate before an invoice leaves: XSD here, the schematrons in a process of their own.

A file passes only when the rules really looked at it and nothing fatal was found. One process is
kept for all, started when first needed and again when it died; see checker.py for why.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import json
import logging
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from marketplace.invoicing.rules import peppol
from marketplace.invoicing.rules.papers import Invoice

log = logging.getLogger("relais.invoicing")
PROGRAM: Final = Path(__file__).with_name("checker.py")
PATIENCE_SECONDS: Final = 60.0  # the first answer compiles two sets of rules
SHORT: Final = 300
FIRED_MIN: Final = 30
"""Fewer rules than that never look at an invoice: what was checked is something else."""


class GateClosed(RuntimeError):
    """The rules could not be run: nothing is known about the file, so it waits."""


class _Died(Exception):
    """The process ended without an answer."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A rule that a file breaks."""

    rules: str
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says. `fired` counts the rules that looked at the file, by set."""

    failures: tuple[Failure, ...]
    fired: dict[str, int]

    @property
    def passed(self) -> bool:
        """Whether the file may leave."""
        looked = bool(self.fired) and min(self.fired.values()) >= FIRED_MIN
        return looked and not self.failures


@dataclass
class _Checker:
    """The one process; its pipes belong to whoever holds the lock."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    process: subprocess.Popen[str] | None = None

    def ask(self, xml: str, rules: tuple[str, ...]) -> dict[str, Any]:
        """The answer to one request. Raises GateClosed.

        A process that dies over it says little of the file, so a second one is asked, once.
        """
        line = json.dumps({"xml": xml, "rules": rules}) + "\n"
        with self.lock:
            try:
                told = self._told(line)
            except _Died:
                try:
                    told = self._told(line)
                except _Died as again:
                    raise GateClosed("the checker died twice over one file") from again
        found: dict[str, Any] = json.loads(told)
        if "error" in found:
            raise GateClosed(str(found["error"])[:SHORT])
        return found

    def _told(self, line: str) -> str:
        """The line a running process answers with. Raises _Died, or GateClosed when it hung."""
        process = self._running()
        # One that hangs is ended, so that the read below ends too.
        timer = threading.Timer(PATIENCE_SECONDS, process.kill)
        timer.start()
        begun = time.monotonic()
        told = ""
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(line)
            process.stdin.flush()
            told = process.stdout.readline()
        except OSError as error:
            log.warning("the checker of invoices does not read: %s", error)
        finally:
            timer.cancel()
        if told.endswith("\n"):
            return told
        # Its pipes close before the system says that it has ended: nobody may ask it once more.
        self._forget()
        if time.monotonic() - begun >= PATIENCE_SECONDS:
            raise GateClosed("the checker gave no answer in time")
        raise _Died

    def _running(self) -> subprocess.Popen[str]:
        if self.process is None or self.process.poll() is not None:
            self._forget()
            self.process = subprocess.Popen(  # noqa: S603 - our own file, no shell
                [sys.executable, str(PROGRAM)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                encoding="utf-8",
            )
        return self.process

    def _forget(self) -> None:
        if self.process is not None:
            for pipe in (self.process.stdin, self.process.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):  # what it never read is still to be flushed
                        pipe.close()
            self.process.kill()
            self.process.wait()
            self.process = None


_checker = _Checker()


def close() -> None:
    """End the process, if it runs."""
    with _checker.lock:
        _checker._forget()  # noqa: SLF001 - this module's own


atexit.register(close)


def rules_for(document: Invoice) -> tuple[str, ...]:
    """Which schematrons a document must pass."""
    return ("en16931", "fr-ctc") if document.french else ("en16931",)


async def check_ubl(xml: bytes) -> Verdict:
    """The same for the file that Peppol carries: EN 16931, then what the network asks beyond it."""
    said = await check(xml, ("ubl",))
    broken, looked = peppol.check(xml)
    more = tuple(Failure("peppol", rule, text) for rule, text in broken)
    return Verdict(said.failures + more, said.fired | {"peppol": looked})


async def check(xml: bytes, rules: tuple[str, ...]) -> Verdict:
    """Run the rules over a file without holding up anything else. Raises GateClosed."""
    found = await asyncio.to_thread(_checker.ask, xml.decode(), rules)
    failures = tuple(
        Failure(each["rules"], each["id"], each["text"][:SHORT])
        for each in found["failed"]
        if each["level"] not in {"warning", "information"}
    )
    return Verdict(failures, found["fired"])
