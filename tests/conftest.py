"""Owns what holds for every test: known settings, order of the suites, the fixtures' modules."""

from __future__ import annotations

import gc
import os
import signal
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Iterable


def isolate() -> None:
    """Give every test process known settings, whatever the person's shell or .env says."""
    empty = (
        *("DATABASE_URL", "DATABASE_OWNER_URL", "MEILI_URL", "MEILI_MASTER_KEY", "SMTP_URL"),
        *("STRIPE_SECRET_KEY", "STRIPE_API_BASE", "STRIPE_WEBHOOK_SECRETS"),
    )
    for name in [name for name in os.environ if name.startswith("RELAIS_")]:
        del os.environ[name]
    os.environ |= dict.fromkeys(empty, "")
    os.environ |= {"RELAIS_ENV": "test", "TZ": "UTC"}
    os.environ["RELAIS_SECURITY_HOLD_DAYS"] = "0"  # tests of the hold set it themselves


isolate()  # before anything reads the settings

# How long an example takes says how busy the machine is, nothing of ours.
settings.register_profile("relais", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("relais")

pytest_plugins = [
    "tests.fixtures.services",
    "tests.fixtures.days",
    "tests.fixtures.application",
    "tests.fixtures.browser",
    "tests.fixtures.conformance",
    "tests.fixtures.product",
    "tests.fixtures.registers",
    "tests.fixtures.nursery",
]


LONG = (
    *("payments/test_kills.py", "payments/test_machine.py", "journeys/test_crashes.py"),
    *("developers/test_hostile_forms.py", "runtime/test_product.py"),
    *("developers/test_hostile_calls.py", "payments/test_permutations.py", "demo/test_demo.py"),
    *("payments/test_statements.py", "journeys/test_api_journey.py", "search/test_gender.py"),
)
"""Begun first by the processes of a parallel run, so that none waits for one of these at the end."""


def _place(item: pytest.Item) -> tuple[bool, int]:
    path = item.path.as_posix()
    long = (number for number, name in enumerate(LONG) if path.endswith(name))
    return "tests/browser/" in path, next(long, len(LONG))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: Playwright's own loop and the tests' asyncio loop exclude each other."""
    items.sort(key=_place)


def pytest_configure() -> None:
    """A shell has what it runs beside ignore Ctrl-C; we would leave our servers behind."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What is loaded by now stays for the whole run; looking for garbage in it took 6 % of it."""
    gc.collect()
    gc.freeze()


def pytest_report_header() -> Iterable[str]:
    """Say once which servers the run uses."""
    from marketplace.runtime import postgres

    binaries = postgres.locate()
    return [f"PostgreSQL {binaries.major} from {binaries.folder}"]
