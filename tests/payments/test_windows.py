"""When a direct debit should have arrived, and until when it may be taken back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from payments.windows import SEPA, expected_on, window


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


@pytest.mark.parametrize("leap", [0, 1, 2, 3])
def test_an_unauthorised_debit_may_come_back_for_thirteen_months_of_any_length(leap: int) -> None:
    first = datetime(2027 + leap, 1, 1, 9, tzinfo=UTC)
    for day in range(366):
        paid = first + timedelta(days=day)
        year, month = divmod(paid.year * 12 + paid.month + 12, 12)  # months count from 0 here
        next_month = datetime(year + (month + 1) // 12, (month + 1) % 12 + 1, 1, 9, tzinfo=UTC)
        last = next_month - timedelta(days=1)
        then = last.replace(day=min(paid.day, last.day))
        assert then <= window(SEPA, paid).disputable_until <= then + timedelta(days=4)
