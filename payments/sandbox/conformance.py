"""What did not fit Stripe's schema: counted for the state page, and kept for a whole run of tests.

Never judges; the oracle does. A run of tests starts and kills many sandboxes. When the environment
names a folder, each sandbox leaves a file in it with what it saw, so that the end of the run can
ask for all of them at once.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson

log = logging.getLogger("payments.sandbox")

FOLDER = "SANDBOX_CONFORMANCE"
_EVERY = 100


class Conformance:
    """One sandbox's findings. `checked` counts requests, answers and events that were judged."""

    def __init__(self) -> None:
        self.checked = 0
        self.violations: list[dict[str, Any]] = []
        self.misfits = 0
        folder = os.environ.get(FOLDER)
        self._file = Path(folder) / f"{uuid4().hex}.jsonl" if folder else None
        self._told = 0

    def judged(self) -> None:
        """Something was held against the schema."""
        self.checked += 1
        if self.checked - self._told >= _EVERY:
            self.tell()

    def violation(self, where: str, errors: list[str]) -> None:
        """An answer or event of ours does not fit: always a mistake of the sandbox."""
        log.error("does not conform: %s: %s", where, "; ".join(errors))
        self.violations.append({"where": where, "errors": errors})
        self._write({"violation": where, "errors": errors})

    def misfit(self, where: str, errors: list[str]) -> None:
        """A request does not fit and was refused: a mistake of whoever sent it."""
        self.misfits += 1
        self._write({"misfit": where, "errors": errors})

    def tell(self) -> None:
        """Write down how much was judged since the last time."""
        if self.checked > self._told:
            self._write({"checked": self.checked - self._told})
            self._told = self.checked

    def _write(self, line: dict[str, Any]) -> None:
        if self._file is not None:
            with self._file.open("ab") as file:
                file.write(orjson.dumps(line) + b"\n")
