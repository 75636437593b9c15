"""Learns which skills a text means: `python -m search.learning`, after its sources changed.

It learns from the vocabulary (labels, synonyms, sayings, hints) and from wishes.tsv, sentences as
owners type them: a line is the skills that would do ("=" between those that do the same, ","
between several things), a tab, the sentence. Writes data/meanings.json.gz in three to six minutes.
Needs requirements-learning.txt, which nothing else does.
"""

from __future__ import annotations

import gzip
from collections import Counter, defaultdict
from typing import Any

import numpy as np
import orjson
from rich.console import Console
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from search import taxonomy
from search.language import normalise
from search.learning.sources import as_well, digest, texts
from search.senses.meaning import MODEL, ZERO, signs

STRENGTH = 8.0
"""Of the weights, against their being small (scikit-learn's C). On half the sentences 4 was better
than 15; nothing in between was compared."""
ROUNDS = 60
"""Always all of them: where the steps become small differs from one run to the next."""
SEEN = 2
"""A sign in fewer texts is nobody's."""
KEPT = 400_000
"""The largest weights: with 600,000 no more skills were right, with 250,000 one to three in a
hundred fewer."""
LARGEST = 127


def main() -> None:
    """Read, learn, write."""
    console = Console()
    rows = texts()
    console.print(f"{len(rows)} texts")
    taken = [signs(normalise(text)) for text, _codes in rows]
    times = Counter(sign for one in taken for sign in one)
    places = {sign: at for at, sign in enumerate(sorted(s for s in times if times[s] >= SEEN))}
    codes = sorted(term.code for term in taxonomy.skills())
    with console.status(f"{len(places)} signs, {len(codes)} skills: learning takes some minutes"):
        weights, bias = _learnt(rows, taken, places, codes)
    _write(weights, bias, places, codes)
    console.print(f"{MODEL.name}: {MODEL.stat().st_size // 1024} KiB")


def _learnt(
    rows: list[tuple[str, dict[str, float]]],
    taken: list[dict[str, float]],
    places: dict[str, int],
    codes: list[str],
) -> tuple[Any, Any]:
    """The weights (signs x skills) and what each skill starts with."""
    number = {code: at for at, code in enumerate(codes)}
    where, strong, ends, right, share = [], [], [0], [], []
    for (_text, meant), one in zip(rows, taken, strict=True):
        known = [(places[sign], value) for sign, value in one.items() if sign in places]
        for code, sure in meant.items():  # a text of several skills stands once for each
            where += [at for at, _value in known]
            strong += [value for _at, value in known]
            ends.append(len(where))
            right.append(number[code])
            share.append(sure / sum(meant.values()))
    matrix = csr_matrix((strong, where, ends), shape=(len(right), len(places)))
    model = LogisticRegression(C=STRENGTH, max_iter=ROUNDS, tol=1e-9)
    model.fit(matrix, right, sample_weight=share)
    return model.coef_.T, model.intercept_


def _write(weights: Any, bias: Any, places: dict[str, int], codes: list[str]) -> None:
    """The largest weights, each in a byte."""
    least = np.quantile(np.abs(weights), 1 - KEPT / weights.size)
    step = float(np.abs(weights).max() / LARGEST)
    found: dict[str, list[int]] = defaultdict(list)
    for sign, at in places.items():
        for code in np.nonzero(np.abs(weights[at]) >= least)[0]:
            found[sign] += [int(code), round(float(weights[at][code]) / step) + ZERO]
    raw = {
        "source": digest(),
        "codes": codes,
        "bias": [round(float(one), 3) for one in bias],
        "step": step,
        "weights": {sign: bytes(row).hex() for sign, row in found.items()},
        "as_well": as_well(),
    }
    MODEL.write_bytes(gzip.compress(orjson.dumps(raw), mtime=0))


if __name__ == "__main__":
    main()
