"""Owns when tests of saved searches begin: mails go out at eight, so never shortly before."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from marketplace.core import clock
from marketplace.core.i18n import ZONE

TUESDAY = 1


@pytest.fixture(autouse=True)
def _a_tuesday_at_noon(head_start: timedelta) -> None:
    local = clock.now().astimezone(ZoneInfo(ZONE))
    noon = local.replace(hour=12, minute=0, second=0) + timedelta(
        days=(TUESDAY - local.weekday()) % 7
    )
    if noon < local:
        noon += timedelta(days=7)
    clock.advance((noon - clock.now()).total_seconds())
