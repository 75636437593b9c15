"""The proofs of the money, for as long as wanted; keeps what it has done and where it failed.

python -m tests.bench.proof machine [RUNS]     20,000 by default, in batches of 250 with seeds of
                                               their own; begins where the last one stopped
python -m tests.bench.proof orders [NUMBER]    orders of news for each story, 10,000 by default
python -m tests.bench.proof kills [TIMES]      245 strikes each time, 10 times by default
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

RESULTS = Path("var/bench/proof.json")
BATCH = 250
NUMBERS = {"machine": 20_000, "orders": 10_000, "kills": 10}
TESTS = "tests/payments/"


def tried(test: str, **given: object) -> dict[str, Any]:
    """One run of a test in a process of its own: how it ended, what it printed, how long it took.

    CPU is this machine's seconds of the test, its database and its local Stripe together.
    """
    began, before = time.monotonic(), os.times()
    environment = os.environ | {name: str(value) for name, value in given.items()}
    command = [sys.executable, "-m", "pytest", "-q", "-s", *(TESTS + test).split()]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user
    cpu -= before.children_system
    result: dict[str, Any] = {"given": given, "passed": done.returncode == 0}
    result |= {"seconds": round(time.monotonic() - began), "cpu_seconds": round(cpu)}
    result["said"] = done.stdout.splitlines()[:1] if done.returncode == 0 else done.stdout[-6000:]
    return result


def batches(what: str, wanted: int, earlier: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    """What is left to do: a test, and what it is given."""
    if what == "machine":
        done = {each["given"]["MACHINE_SEED"] for each in earlier if each["passed"]}
        every = "test_machine.py -k every_invariant"
        seeds = range(1, -(-wanted // BATCH) + 1)
        return [(every, {"MACHINE_RUNS": BATCH, "MACHINE_SEED": n}) for n in seeds if n not in done]
    if what == "orders":
        return [("test_permutations.py", {"PERMUTATIONS": wanted})]
    return [("test_kills.py", {"KILLS_SEED": number}) for number in range(1, wanted + 1)]


def main(arguments: list[str]) -> None:
    what = arguments[0]
    wanted = int(arguments[1]) if arguments[1:] else NUMBERS[what]
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    results: list[dict[str, Any]] = kept.setdefault(what, [])
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    for test, given in batches(what, wanted, results):
        results.append(tried(test, **given))
        RESULTS.write_text(json.dumps(kept, indent=1) + "\n")
        ended = "passed" if results[-1]["passed"] else "FAILED"
        cost = f"{results[-1]['seconds']} s, {results[-1]['cpu_seconds']} s CPU"
        print(f"{what} {given}: {ended}, {cost}", flush=True)
    failed = [each["given"] for each in results if not each["passed"]]
    print(f"{what}: {len(results) - len(failed)} batches passed, failed: {failed}")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main(sys.argv[1:])
