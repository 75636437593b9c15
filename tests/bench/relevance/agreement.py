"""How far two hands agree on who is right: `python -m tests.bench.relevance.agreement`.

A second hand read the queries of second.tsv without the first one's judgement and said what is
wanted, by the same rule. Everybody is ranked by what it said, equals by lot, and the order is scored
by what the first hand said: what a search that understood as well as a person would get here.
Towns, languages, prices and hours are the first hand's. Texts stand there as their hash, so that
unseen rows stay unseen; only totals are printed.
"""

from __future__ import annotations

import hashlib
import random
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

from tests.bench.relevance.queries import tuning, unseen
from tests.search.corpus import people
from tests.search.judged import Judged, ndcg

if TYPE_CHECKING:
    from collections.abc import Iterable

SECOND = Path(__file__).with_name("second.tsv")
LOTS = 5
NOTHING = "-"


def said() -> dict[str, list[str]]:
    """The hash of a text -> the wishes that the second hand heard in it."""
    lines = (line.split("\t") for line in SECOND.read_text(encoding="utf-8").splitlines())
    return {key: [] if text == NOTHING else text.split(" + ") for key, text in lines}


def scores(rows: Iterable[Judged]) -> list[float]:
    """nDCG@10 of the second hand's order for each row that it read, by the first hand's grades."""
    second = said()
    heard = ((row, second.get(hashlib.sha256(row.text.encode()).hexdigest()[:12])) for row in rows)
    return [_score(row, wishes) for row, wishes in heard if wishes is not None]


def _score(row: Judged, wishes: list[str]) -> float:
    if not wishes:
        return 0.0
    own = Judged(row.family, row.text, Judged.of("", "", wishes).wishes, row.constraints)
    everyone = [(own.grade(person), row.grade(person)) for person in people()]
    grades = [first for _second, first in everyone]
    found = []
    for lot in range(LOTS):
        random.Random(lot).shuffle(everyone)
        ranked = sorted(everyone, key=lambda pair: -pair[0])
        found.append(ndcg([first for _second, first in ranked], grades))
    return fmean(found)


def main() -> None:
    """Print the totals."""
    for name, rows in (("looked at", tuning()), ("unseen", unseen())):
        found = scores(rows)
        print(f"{name}: {fmean(found):.3f} of {len(found)}, {found.count(0.0)} at zero")


if __name__ == "__main__":
    main()
