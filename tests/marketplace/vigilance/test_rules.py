"""Which papers a pair exchanges, from which amount, and until when one counts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.contracts.rules.terms import CapRaise, HourlyTerms, RateChange
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.vigilance import rules
from marketplace.vigilance.rules import State

TODAY = date(2026, 11, 28)
DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))


def person(code: str, form: str = "sole_trader") -> rules.Person:
    return rules.Person(jurisdictions.get(code), form)


def gates(client: str, assistant: str, form: str = "sole_trader") -> set[str]:
    found = rules.asked(person(client, "sas"), person(assistant, form), TODAY)
    return {rule.document.code for rule in found if rule.document.gate}


@pytest.mark.parametrize(
    ("client", "assistant", "form", "codes"),
    [
        ("FR", "FR", "sole_trader", {"urssaf_vigilance"}),
        ("FR", "FR", "sas", {"urssaf_vigilance"}),
        ("FR", "BE", "sole_trader", set()),
        ("BE", "FR", "sole_trader", set()),
        ("MC", "FR", "sole_trader", set()),
        ("CH", "CH", "sole_trader", {"avs"}),
        ("CH", "CH", "sarl", set()),
        ("CH", "FR", "sole_trader", set()),
        ("US-NY", "US-CA", "sole_trader", {"w9"}),
        ("US", "MG", "", {"w8ben"}),
        ("GB", "US", "llc", set()),
    ],
)
def test_the_pair_decides_which_papers_stop_new_money(
    client: str, assistant: str, form: str, codes: set[str]
) -> None:
    assert gates(client, assistant, form) == codes


def test_papers_of_the_assistants_own_country_are_listed_and_stop_nothing() -> None:
    found = rules.asked(person("FR", "sas"), person("BE"), TODAY)
    by_code = {rule.document.code: rule.document for rule in found}
    assert by_code["kbo"].gate is None
    assert not by_code["foreign_provider"].verified  # shown as to be confirmed
    assert "sds" not in {r.document.code for r in rules.asked(person("GB"), person("GB"), TODAY)}


@pytest.mark.parametrize("total", [0, 499_999, 500_000, 500_001])
def test_the_certificate_is_asked_from_five_thousand_euros_on(total: int) -> None:
    (rule,) = (
        rule for rule in rules.asked(person("FR", "sas"), person("FR"), TODAY) if rule.document.gate
    )
    assert rules.reached(total, rule.document.asked.from_minor) == (total >= 500_000)


@given(DAYS, st.integers(1, 48), st.integers(0, 2000))
def test_a_paper_ages_by_days_without_gaps(issued: date, months: int, after: int) -> None:
    until = rules.valid_until(issued, months)
    assert until is not None
    assert issued <= until < rules.later(issued, months)
    assert (rules.later(issued, months) - until).days == 1
    today = issued + timedelta(days=after)
    state = rules.age(until, today)
    assert (state is State.EXPIRED) == (today > until)
    assert (state is State.EXPIRING) == (0 <= (until - today).days <= rules.EXPIRING_DAYS)
    reminded = rules.reminder(until, today)
    assert (reminded == 0) == (state is State.EXPIRED)
    assert (reminded is None) == (state is State.VALID)
    if reminded:
        assert (until - today).days <= reminded


@given(DAYS, st.integers(1, 48))
def test_a_later_issue_never_ends_earlier(issued: date, months: int) -> None:
    earlier, later = (rules.valid_until(issued + timedelta(days=n), months) for n in (0, 1))
    assert earlier is not None
    assert later is not None
    assert earlier <= later


def test_the_next_weeks_cost_what_their_own_caps_and_rates_say() -> None:
    monday = date(2026, 3, 2)
    week = timedelta(weeks=1)
    terms = HourlyTerms(
        rate_minor=5_000,
        weekly_cap_minutes=600,
        first_week=monday,
        raises=(CapRaise(from_week=monday + 2 * week, minutes=2_100),),
        rates=(RateChange(from_week=monday + 2 * week, rate_minor=6_000),),
    )
    assert rules.next_weeks(terms, monday - 5 * week) == 50_000 + 210_000  # second and third
    assert rules.next_weeks(terms, monday + 2 * week) == 2 * 210_000
    once = CapRaise(from_week=monday, minutes=1_200, only=True)
    now = terms.model_copy(update={"raises": (once,), "rates": ()})
    assert rules.next_weeks(now, monday) == 100_000 + 50_000


def test_half_a_year_is_counted_in_months() -> None:
    assert rules.valid_until(date(2026, 1, 1), 6) == date(2026, 6, 30)
    assert rules.valid_until(date(2026, 8, 31), 6) == date(2027, 2, 27)
    assert rules.valid_until(date(2026, 1, 1), None) is None
    assert rules.age(None, TODAY) is State.VALID


@pytest.mark.parametrize("place", ["US", "US-CA", "US-IL", "US-NY"])
@given(issued=DAYS)
def test_the_form_of_a_stranger_counts_to_the_end_of_the_third_calendar_year(
    place: str, issued: date
) -> None:
    (rule,) = (
        each
        for each in rules.asked(person(place), person("MG", ""), TODAY)
        if each.document.code == "w8ben"
    )
    assert rules.last_day(rule.document, issued) == date(issued.year + 3, 12, 31)
