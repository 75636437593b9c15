"""When a direct debit should have arrived: banks rest at weekends and on the closing days of T2."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from payments.windows import expected_on


@pytest.mark.parametrize(
    ("started", "expected"),
    [
        (date(2026, 11, 23), date(2026, 11, 30)),  # an ordinary Monday
        (date(2026, 4, 1), date(2026, 4, 10)),  # Good Friday and Easter Monday between
        (date(2026, 4, 28), date(2026, 5, 6)),  # 1 May, a Friday
        (date(2026, 12, 23), date(2026, 12, 31)),  # Christmas; the day after is a Saturday
        (date(2029, 12, 21), date(2030, 1, 2)),  # Christmas, the day after, and New Year
        (date(2026, 7, 13), date(2026, 7, 20)),  # a national holiday does not close the banks
    ],
)
def test_a_direct_debit_takes_five_days_on_which_banks_work(started: date, expected: date) -> None:
    moment = datetime(started.year, started.month, started.day, 9, tzinfo=UTC)
    assert expected_on(moment) == expected
