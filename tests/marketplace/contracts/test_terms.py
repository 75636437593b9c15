"""Terms, instalments and the preview of money."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from marketplace.contracts import queries
from marketplace.contracts.rules.instalments import add_months, instalments, last_day, week
from marketplace.contracts.rules.offers import HOLD_DAYS_MAX, PART_MAX_MINOR, differences, problems
from marketplace.contracts.rules.terms import Agreement, HourlyTerms, price_of_minutes
from payments.fees import FeeTerms, quote
from payments.money import Money
from tests.factories.fees import fee_terms

START = date(2027, 1, 4)  # a Monday
days = st.dates(date(2026, 1, 1), date(2030, 12, 31))
prices = st.integers(100, 5_000_000)
bps = st.integers(0, 2_500)


def agreed(terms: dict[str, Any], **more: Any) -> Agreement:
    values: dict[str, Any] = {
        "title": "Accueil", "scope": "Répondre au téléphone", "currency": "EUR",
        "language": "fr", "starts_on": START, "notice_days": 14, "trial_days": 14,
        "time_zone": "Europe/Paris", "terms": terms, "fees": FeeTerms(500, 500, (200_000,), (200_000,), (200_000,)),
    }  # fmt: skip
    return Agreement.model_validate(values | more)


@st.composite
def agreements(draw: st.DrawFn) -> Agreement:
    """Any agreement of any kind."""
    start = draw(days)
    kind = draw(st.sampled_from(["hourly", "flat_fee", "project"]))
    if kind == "hourly":
        terms: dict[str, Any] = {
            "kind": kind, "rate_minor": draw(prices),
            "weekly_cap_minutes": draw(st.integers(30, 3600)),
            "first_week": start + timedelta(days=-start.weekday() % 7),
        }  # fmt: skip
    elif kind == "flat_fee":
        period = draw(st.sampled_from(["one_off", "week", "month"]))
        count = 1 if period == "one_off" else draw(st.integers(1, 60))
        terms = {
            "kind": kind, "price_minor": draw(prices), "period": period, "periods": count,
            "includes": "60 appels", "calendar": draw(st.booleans()),
        }  # fmt: skip
        if draw(st.booleans()):
            size = draw(st.integers(1, 200))
            rolls = draw(st.integers(0, 3)) if count > 1 else 0
            terms |= {
                "pack": draw(st.sampled_from(["hours", "tasks", "calls"])), "pack_size": size,
                "rollover_units": draw(st.integers(1, size)) if rolls else 0,
                "rollover_periods": rolls,
                "unused": draw(st.sampled_from(["return", "expire"])),
            }  # fmt: skip
    else:
        gaps = draw(st.lists(st.integers(0, 60), min_size=1, max_size=20))
        due = [start + timedelta(days=sum(gaps[: i + 1])) for i in range(len(gaps))]
        terms = {
            "kind": kind,
            "milestones": [
                {"title": "Étape", "price_minor": draw(prices), "due_on": day, "criteria": ["fait"]}
                for day in due
            ],
        }
    fees = draw(fee_terms)
    review = draw(st.integers(3, 14))
    return agreed(terms, starts_on=start, fees=fees, review_days=review)


@given(agreements())
@settings(max_examples=300)
def test_parts_follow_one_another_and_dates_never_go_back(agreement: Agreement) -> None:
    parts = instalments(agreement)
    assert [part.position for part in parts] == list(range(1, len(parts) + 1))
    for part in parts:
        assert part.charged_on <= part.starts_on <= part.ends_on
        assert part.ends_on < part.review_until <= part.paid_on
    for before, after in pairwise(parts):
        assert before.ends_on <= after.ends_on
        assert before.starts_on <= after.starts_on


@given(agreements())
@settings(max_examples=300)
def test_the_fee_preview_is_the_quote_of_each_part_to_the_cent(agreement: Agreement) -> None:
    parts = queries.quoted(agreement)
    for each in parts:
        price = Money(each.part.price_minor, "EUR")
        assert each.quote == quote(price, agreement.fees)
    total = queries.total(parts, "EUR")
    assert total.client_total.minor == sum(each.quote.client_total.minor for each in parts)
    assert total.assistant_net.minor == sum(each.quote.assistant_net.minor for each in parts)


@pytest.mark.parametrize("trial_minutes", [0, 600])
def test_the_preview_of_another_rate_begins_with_its_first_week(trial_minutes: int) -> None:
    first = START + timedelta(weeks=9)
    terms = {
        "kind": "hourly", "rate_minor": 3000, "weekly_cap_minutes": 600, "first_week": START,
        "rates": [{"from_week": first, "rate_minor": 4000}],
    }  # fmt: skip
    for more in ({}, {"ends_on": first + timedelta(days=20)}):
        changed = agreed(terms, trial_minutes=trial_minutes, **more)
        parts = [each.part for each in queries.quoted(changed, first)]
        assert [each.starts_on for each in parts][:3] == [
            first + timedelta(weeks=n) for n in range(3)
        ]
        assert {each.price_minor for each in parts} == {40000}
        assert queries.quoted(changed)[0].part.starts_on == START
        assert [each.part for each in queries.quoted(changed, START)] == list(instalments(changed))


@given(days, st.integers(0, 240))
def test_months_keep_their_day_or_take_the_last(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


@given(prices, st.integers(0, 3600))
def test_time_is_priced_half_up(rate: int, minutes: int) -> None:
    assert price_of_minutes(rate, minutes) == (2 * rate * minutes + 60) // 120
    assert price_of_minutes(rate, 60) == rate


def test_a_month_from_the_31st_does_not_slide() -> None:
    terms = {"kind": "flat_fee", "price_minor": 100, "periods": 3, "includes": "x y z"}
    parts = instalments(agreed(terms, starts_on=date(2027, 1, 31)))
    assert [part.starts_on for part in parts] == [
        date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31),
    ]  # fmt: skip


def test_a_week_is_charged_monday_reviewed_thursday_paid_friday() -> None:
    terms = {"kind": "hourly", "rate_minor": 2850, "weekly_cap_minutes": 450, "first_week": START}
    part = week(agreed(terms, ends_on=START + timedelta(days=9)), 2)
    assert part is not None
    assert part.charged_on == START + timedelta(days=7)
    assert part.ends_on == START + timedelta(days=9)
    assert (part.review_until.isoweekday(), part.paid_on.isoweekday()) == (4, 5)
    assert part.price_minor == 21_375
    assert week(agreed(terms, ends_on=START + timedelta(days=9)), 3) is None


@pytest.mark.parametrize(
    "terms",
    [
        {"kind": "hourly", "rate_minor": 2850, "weekly_cap_minutes": 450,
         "first_week": START + timedelta(days=1)},
        {"kind": "flat_fee", "price_minor": 100, "period": "one_off", "periods": 2,
         "includes": "x y z"},
        {"kind": "project", "milestones": []},
        {"kind": "flat_fee", "price_minor": 10**12, "includes": "x y z"},
        {"kind": "flat_fee", "price_minor": 99.5, "includes": "x y z"},
    ],
)  # fmt: skip
def test_impossible_terms_are_refused(terms: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        agreed(terms)


def test_milestones_go_forward() -> None:
    milestone = {"title": "Audit", "price_minor": 100, "criteria": "un\ndeux"}
    late, early = START + timedelta(days=9), START
    with pytest.raises(ValidationError):
        agreed({"kind": "project", "milestones": [
            milestone | {"due_on": late}, milestone | {"due_on": early}]})  # fmt: skip


def test_an_offer_in_the_past_or_held_too_long_names_its_field() -> None:
    milestone = {"title": "Audit", "price_minor": 100, "criteria": "fait",
                 "due_on": START + timedelta(days=HOLD_DAYS_MAX)}  # fmt: skip
    found = problems(agreed({"kind": "project", "milestones": [milestone]}), START)
    assert set(found) == {"terms"}
    hourly = {"kind": "hourly", "rate_minor": 2850, "weekly_cap_minutes": 450, "first_week": START}
    assert problems(agreed(hourly), START) == {}
    assert set(problems(agreed(hourly), START + timedelta(days=1))) == {"starts_on"}
    assert set(problems(agreed(hourly), START, currencies=("CHF",))) == {"currency"}
    outside = agreed(hourly, rail="recorded")  # nothing is held: any currency will do
    assert problems(outside, START, currencies=("CHF",)) == {}
    late = agreed(hourly, starts_on=START + timedelta(days=7))
    assert set(problems(late, START)) == {"first_week"}


def test_differences_name_each_field_once() -> None:
    hourly = {"kind": "hourly", "rate_minor": 2850, "weekly_cap_minutes": 450, "first_week": START}
    before = agreed(hourly)
    after = agreed(hourly | {"rate_minor": 3000}, notice_days=30)
    assert {(c.field, c.before, c.after) for c in differences(before, after)} == {
        ("rate_minor", 2850, 3000), ("notice_days", 14, 30),
    }  # fmt: skip
    assert differences(before, before) == ()


def test_control_characters_never_reach_paper() -> None:
    made = agreed(
        {"kind": "flat_fee", "price_minor": 100, "includes": "a\x00b\x07c"}, title="Un\x00 titre"
    )
    assert made.title == "Un titre"
    assert not isinstance(made.terms, HourlyTerms)


def test_a_flat_fee_ends_with_its_last_period() -> None:
    terms = {"kind": "flat_fee", "price_minor": 100, "periods": 3, "includes": "x y z"}
    assert last_day(agreed(terms)) == date(2027, 4, 3)
    hourly = {"kind": "hourly", "rate_minor": 2850, "weekly_cap_minutes": 450, "first_week": START}
    assert last_day(agreed(hourly)) is None
    assert last_day(agreed(hourly, ends_on=date(2027, 6, 1))) == date(2027, 6, 1)


def test_a_start_within_a_month_makes_a_first_period_in_proportion() -> None:
    terms = {"kind": "flat_fee", "price_minor": 31_000, "periods": 3, "includes": "60 appels"}
    agreement = agreed(
        terms | {"calendar": True, "pack": "calls", "pack_size": 62},
        starts_on=date(2027, 1, 22), ends_on=date(2027, 3, 14),
    )  # fmt: skip
    found = instalments(agreement)
    assert [(p.starts_on, p.ends_on, p.days, p.whole_days) for p in found] == [
        (date(2027, 1, 22), date(2027, 1, 31), 10, 31),
        (date(2027, 2, 1), date(2027, 2, 28), 28, 28),
        (date(2027, 3, 1), date(2027, 3, 14), 14, 31),
    ]
    assert [p.price_minor for p in found] == [10_000, 31_000, 14_000]
    assert [p.pack_units for p in found] == [20, 62, 28]
    assert [p.partial for p in found] == [True, False, True]


@given(days, st.integers(0, 400), prices, st.sampled_from(["week", "month"]), st.booleans())
def test_periods_cover_each_day_once_and_cost_their_share_of_days(
    start: date, length: int, price: int, period: str, calendar: bool
) -> None:
    end = start + timedelta(days=length)
    terms = {"kind": "flat_fee", "price_minor": price, "period": period, "periods": 60,
             "includes": "60 appels", "calendar": calendar}  # fmt: skip
    found = instalments(agreed(terms, starts_on=start, ends_on=end))
    assert found[0].starts_on == start
    for before, after in pairwise(found):
        assert after.starts_on == before.ends_on + timedelta(days=1)
    assert found[-1].ends_on == end or len(found) == 60
    for part in found:
        assert part.days == (part.ends_on - part.starts_on).days + 1
        assert abs(part.price_minor * part.whole_days - price * part.days) <= part.whole_days
        assert part.partial or part.price_minor == price


def test_no_part_is_offered_that_no_card_can_pay() -> None:
    monthly = {"kind": "flat_fee", "price_minor": 1_000, "calendar": True, "includes": "accueil"}
    last = START.replace(day=calendar.monthrange(START.year, START.month)[1])
    assert set(problems(agreed(monthly, starts_on=last), START)) == {"terms"}
    assert problems(agreed(monthly, starts_on=last + timedelta(days=1)), START) == {}
    assert problems(agreed(monthly, starts_on=last, rail="recorded"), START) == {}
    dear = {"title": "Tout", "price_minor": PART_MAX_MINOR, "criteria": "fait", "due_on": START}
    assert problems(agreed({"kind": "project", "milestones": [dear]}), START) == {}
    dearer = dear | {"price_minor": PART_MAX_MINOR + 1}
    assert set(problems(agreed({"kind": "project", "milestones": [dearer]}), START)) == {"terms"}


def test_units_that_roll_over_are_usable_to_the_end_of_a_later_period_but_not_too_long() -> None:
    terms = {"kind": "flat_fee", "price_minor": 31_000, "periods": 3, "includes": "60 appels",
             "pack": "hours", "pack_size": 10, "rollover_units": 4, "rollover_periods": 1}  # fmt: skip
    agreement = agreed(terms)
    found = instalments(agreement)
    assert [p.pack_units for p in found] == [600] * 3
    assert [p.usable_until for p in found] == [found[1].ends_on, found[2].ends_on, found[2].ends_on]
    assert problems(agreement, START) == {}
    long = agreed(terms | {"rollover_periods": 2})
    assert set(problems(long, START)) == {"terms"}  # the money would be held for too long


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"pack": "calls"}, "pack_size"),
        ({"pack": "calls", "pack_size": 0}, "pack_size"),
        ({"pack": "calls", "pack_size": 5, "rollover_units": 6}, "rollover_units"),
        ({"pack": "calls", "pack_size": 5, "rollover_units": 2}, "rollover_periods"),
        ({"pack": "calls", "pack_size": 5, "rollover_periods": 2}, "rollover_periods"),
        ({"period": "one_off", "periods": 2}, "periods"),
    ],
)
def test_a_pack_that_contradicts_itself_is_refused_beside_its_field(
    wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        agreed({"kind": "flat_fee", "price_minor": 100, "periods": 3, "includes": "Appels"} | wrong)
    assert {error["loc"][-1] for error in refused.value.errors()} == {field}
