"""The child that looks at one file: `python -m` this module; see service/apart.

Here, and not beside it, because it starts in a third of the time without jobs and database.
"""

from __future__ import annotations

import base64
import json
import os
import resource
import sys
from datetime import datetime

from marketplace.sealing.rules.inspection import Trust, inspect
from marketplace.sealing.rules.intake import examine

MEMORY_BYTES_MAX = 1 << 30
CPU_SECONDS_MAX = 15  # a sealed contract takes one, three on a slow machine
NICENESS = 5  # pages come first, yet a busy machine still answers in time


def main() -> None:
    """Read what is asked and the file, write the answer."""
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS_MAX, CPU_SECONDS_MAX))
    first, _, data = sys.stdin.buffer.read().partition(b"\n")
    told = json.loads(first)
    if "authorities" not in told:  # nothing to trust: may the file be kept?
        sys.stdout.write(json.dumps(examine(data).as_json()))
        return

    def raw(name: str) -> tuple[bytes, ...]:
        return tuple(base64.b64decode(each) for each in told[name])

    trust = Trust(
        raw("authorities"),
        datetime.fromisoformat(told["moment"]),
        raw("stamp_authorities"),
        raw("revoked"),
    )
    sys.stdout.write(json.dumps(inspect(data, trust).as_json()))


if __name__ == "__main__":
    main()
