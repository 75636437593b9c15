"""Owns from when to when references prove something; never reads one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

LEAST: Final = 2
COMPANIES_LEAST: Final = 1
"""Two people, so that it does not hang on one friend; more would shut out who begins. One of them
at a company's own domain: anybody opens two free mailboxes in a minute, while many clients of
assistants are traders with no other address."""


@dataclass(frozen=True)
class Counted:
    """What counts of a reference: its mailbox's mark, whose domain, its days."""

    mark: str
    at_company: bool
    answered_on: date
    until: date


def proven(found: Iterable[Counted]) -> tuple[date, date] | None:
    """The day of the newest answer and the last day on which enough of them count; None: never.

    A mailbox counts once, with its newest answer.
    """
    newest: dict[str, Counted] = {}
    for one in sorted(found, key=lambda each: (each.answered_on, each.until)):
        newest[one.mark] = one
    for last in sorted({one.until for one in newest.values()}, reverse=True):
        there = [one for one in newest.values() if one.until >= last]
        if len(there) >= LEAST and sum(one.at_company for one in there) >= COMPANIES_LEAST:
            return max(one.answered_on for one in newest.values()), last
    return None
