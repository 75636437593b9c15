"""A web process that keeps only what it is told to.

python -m tests.bench.search.web PORT [cards] [counts]

`cards`: what is drawn of a profile, by its version. `counts`: facet counts until the index changes.
The product keeps both; without them every answer is made from nothing.
"""

from __future__ import annotations

import sys

from marketplace.runtime import serve
from marketplace.web import kept
from search import counts

if __name__ == "__main__":
    port, *keeping = sys.argv[1:]
    if "cards" not in keeping:
        kept.KEPT_MAX = 0
    if "counts" not in keeping:
        counts.KEPT_MAX = 0
    sys.exit(serve.main(["--port", port]))
