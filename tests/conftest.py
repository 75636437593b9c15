"""Owns what holds for every test: known settings, order of the suites, the fixtures' modules."""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING

import pytest

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

pytest_plugins = [
    "tests.fixtures.services",
    "tests.fixtures.application",
    "tests.fixtures.browser",
    "tests.fixtures.conformance",
    "tests.fixtures.product",
    "tests.fixtures.registers",
    "tests.fixtures.nursery",
]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: Playwright's own loop and the tests' asyncio loop exclude each other."""
    items.sort(key=lambda item: "tests/browser/" in item.path.as_posix())


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
