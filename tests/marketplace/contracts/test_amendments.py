"""Changes of an agreement: what they make of it, how they are told, what their paper says; pure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.contracts.rules import amendment_paper
from marketplace.contracts.rules.amendment_paper import Standing
from marketplace.contracts.rules.amendment_words import lines
from marketplace.contracts.rules.amendments import amended, begins_late, first_week
from marketplace.contracts.rules.change_words import change
from marketplace.contracts.rules.changes import CapNotRaised, Weeks, with_cap
from marketplace.contracts.rules.clause_values import Draft, PartyOnPaper
from marketplace.contracts.rules.clauses import clauses
from marketplace.contracts.rules.dated import steps
from marketplace.contracts.rules.offers import differences, problems
from marketplace.contracts.rules.parts import changed_parts, parts_of
from marketplace.contracts.rules.terms import Agreement, HourlyTerms, Milestone, ProjectTerms
from marketplace.contracts.rules.wishes import ChangeRefused, Wish
from tests.marketplace.contracts.test_terms import START, agreed

UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
HOURLY = {"kind": "hourly", "rate_minor": 3000, "weekly_cap_minutes": 600, "first_week": START}
FLAT = {"kind": "flat_fee", "price_minor": 40000, "periods": 4, "includes": "Invoices"}
PROJECT: dict[str, Any] = {
    "kind": "project",
    "milestones": [
        {
            "title": f"Step {n}",
            "price_minor": 10000 * n,
            "due_on": START + timedelta(days=10 * n),
            "criteria": ["In the folder"],
        }
        for n in (1, 2, 3)
    ],
}


def paper(before: Agreement, after: Agreement) -> dict[str, Any]:
    """The amendment's document as data."""
    business, assistant = (
        PartyOnPaper(key, name, ("12 rue des Lilas",), "FR", "France", "FR")
        for key, name in (("business", "Menuiserie Arnaud"), ("assistant", "Léa Roussel"))
    )
    number = "RL-2027-000001"
    draft = Draft(number, 2, after, business, assistant, "Relais", "France", "TVA 20 %")
    standing = Standing(1, before, START, START, START + timedelta(days=14), "Léa Roussel", "More")
    return amendment_paper.compose(draft, standing)


@UNTIMED
@given(
    st.dates(date(2027, 1, 4), date(2028, 6, 30)),
    st.integers(100, 100_000),
    st.integers(30, 3600),
)
def test_weeks_that_may_be_charged_keep_their_rate_and_cap(
    today: date, rate: int, cap: int
) -> None:
    before = agreed(HOURLY)
    monday = first_week(before, today)
    assert monday - timedelta(days=before.clocks.prefund_days) > today
    after = amended(before, Wish(rate_minor=rate, weekly_cap_minutes=cap), today)
    old, new = before.terms, after.terms
    assert isinstance(old, HourlyTerms)
    assert isinstance(new, HourlyTerms)
    for weeks in range(-3, 0):
        earlier = monday + timedelta(days=7 * weeks)
        assert new.price_of(earlier) == old.price_of(earlier)
    assert (new.rate_of(monday), new.cap_of(monday)) == (rate, cap)
    assert not begins_late(before, after, today)
    lower = amended(before, Wish(weekly_cap_minutes=cap), today)
    assert begins_late(before, lower, monday) == (cap < 600)  # hours may be worked already
    if (rate, cap) == (3000, 600):
        assert after == before
    else:
        with pytest.raises(ChangeRefused):
            early = Wish(rate_minor=rate + 1, from_week=monday - timedelta(days=7))
            amended(before, early, today)


MILESTONES = st.lists(st.sampled_from([1, 2, 3, None]), min_size=1, max_size=5).filter(
    lambda parts: len([p for p in parts if p]) == len({p for p in parts if p})
)


@UNTIMED
@given(MILESTONES, st.integers(100, 90_000))
def test_numbers_of_milestones_are_never_given_twice(parts: list[int | None], price: int) -> None:
    before = agreed(PROJECT)
    terms = before.terms
    assert isinstance(terms, ProjectTerms)
    wanted = [
        (terms.numbered[part] if part else terms.milestones[0]).model_copy(
            update={"part": part} | ({} if part else {"price_minor": price})
        )
        for part in parts
    ]
    after = amended(before, Wish(milestones=tuple(wanted)), START)
    numbers = list(parts_of(after))
    assert len(set(numbers)) == len(parts)
    assert {n for n in numbers if n <= 3} == {p for p in parts if p}
    changed = changed_parts(before, after)
    assert changed == {n for n in (1, 2, 3) if n not in parts} | {n for n in numbers if n > 3}
    changed_terms = after.terms
    assert isinstance(changed_terms, ProjectTerms)
    added = wanted[0].model_copy(update={"part": None})
    again = amended(after, Wish(milestones=(*changed_terms.milestones, added)), START)
    assert max(parts_of(again)) > 3
    assert max(parts_of(again)) not in numbers


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_paper_of_each_kind_names_every_line_before_and_after(language: str) -> None:
    today = START
    cases: list[tuple[dict[str, Any], Wish, set[str]]] = [
        (HOURLY, Wish(rate_minor=3500, weekly_cap_minutes=900, notice_days=30), {"weeks"}),
        (FLAT, Wish(periods=6, price_minor=45000, scope="Invoices and the phone."), {"parts"}),
        (PROJECT, Wish(milestones=(Milestone(**PROJECT["milestones"][2], part=3),)), {"parts"}),
    ]
    for terms, wish, ids in cases:
        before = agreed(terms, language=language)
        after = amended(before, wish, today)
        found = paper(before, after)
        told = lines(before, after, language)
        assert [row[0] for row in found["changes"]] == [each.label for each in told]
        assert all(each.before != each.after for each in told)
        assert {f"amendment.{name}" for name in ids} <= {c["id"] for c in found["clauses"]}
        assert "{" not in str([c["paragraphs"] for c in found["clauses"]])
    pack = agreed(FLAT | {"pack": "calls", "pack_size": 60}, language=language)
    wish = Wish(pack_size=75, price_minor=50000, from_period=2)
    told = lines(pack, amended(pack, wish, today), language)
    assert [each.after for each in told][1] in {"75\u00a0appels", "75 appels", "75 calls"}
    plain = [
        change(each, "EUR", language) for each in differences(pack, amended(pack, wish, today))
    ]
    assert not any("{" in text for row in plain for text in row)
    assert any("75" in row[2] for row in plain)
    french, english = (clauses(each, "amendment") for each in ("fr", "en"))
    assert [(c.id, c.when) for c in french] == [(c.id, c.when) for c in english]


def test_a_price_for_no_period_and_a_milestone_too_many_are_refused() -> None:
    full = agreed(PROJECT | {"last_part": 1000})
    more = Milestone(**PROJECT["milestones"][2])
    refused: list[tuple[Agreement, Wish, str]] = [
        (agreed(FLAT), Wish(price_minor=45000, from_period=5), "price_minor"),
        (full, Wish(milestones=(more,)), "milestones"),
    ]
    for before, wish, field in refused:
        with pytest.raises(ChangeRefused) as error:
            amended(before, wish, START)
        assert set(error.value.errors) == {field}
    assert amended(agreed(FLAT), Wish(price_minor=45000, from_period=5, periods=5), START)


def test_what_only_a_change_may_write_is_refused_in_an_offer() -> None:
    for terms, extra in (
        (HOURLY, {"rates": [{"from_week": START, "rate_minor": 4000}]}),
        (FLAT, {"prices": [{"from_period": 2, "price_minor": 4000}]}),
        (PROJECT, {"last_part": 9}),
    ):
        assert not problems(agreed(terms), START, 400)
        assert problems(agreed(terms | extra), START, 400)


def test_a_step_agreed_for_later_is_not_undone_by_one_dated_before_it() -> None:
    before = amended(agreed(HOURLY), Wish(rate_minor=4000, weekly_cap_minutes=900), START)
    monday = first_week(before, START)
    later = monday + timedelta(days=28)
    dated = Wish(rate_minor=5000, weekly_cap_minutes=1200, from_week=later)
    twice = amended(before, dated, START)
    for early in (Wish(rate_minor=3500), Wish(weekly_cap_minutes=1000)):
        with pytest.raises(ChangeRefused):
            amended(twice, early, START)
    with pytest.raises(CapNotRaised):
        with_cap(twice, 1000, Weeks.FROM_NEXT, START)
    once = with_cap(twice, 1000, Weeks.THIS, START)
    assert isinstance(once.terms, HourlyTerms)
    assert (once.terms.cap_of(START), once.terms.lasting_cap_of(START)) == (1000, 600)
    assert once.terms.price_of(later) == 5000 * 20
    assert amended(twice, Wish(rate_minor=4500, from_week=later), START) != twice
    flat = amended(agreed(FLAT), Wish(price_minor=50000, from_period=3), START)
    with pytest.raises(ChangeRefused):
        amended(flat, Wish(price_minor=45000, from_period=2), START)


def test_before_the_first_money_a_start_moves_its_week_and_what_is_agreed_counts() -> None:
    wednesday = START + timedelta(days=2)
    before = agreed(HOURLY | {"first_week": START + timedelta(days=7)}, starts_on=wednesday)

    def changed(found: Agreement, **wish: Any) -> HourlyTerms:
        terms = amended(found, Wish(**wish), START, begun=False).terms
        assert isinstance(terms, HourlyTerms)
        return terms

    same = changed(
        before, title="Another", starts_on=wednesday, from_week=START + timedelta(days=7)
    )
    assert same == before.terms  # the page sends the start along
    later = wednesday + timedelta(days=28)
    assert changed(before, starts_on=later).first_week == START + timedelta(days=35)
    third = START + timedelta(days=21)
    stepped = amended(before, Wish(rate_minor=4000, from_week=third), START, begun=False)
    assert isinstance(stepped.terms, HourlyTerms)
    assert [stepped.terms.rate_of(third - timedelta(days=d)) for d in (7, 0)] == [3000, 4000]
    moved = amended(stepped, Wish(starts_on=later), START, begun=False)
    assert isinstance(moved.terms, HourlyTerms)
    assert (moved.terms.rate_minor, moved.terms.rates) == (4000, ())
    assert "rate" not in {each.label.lower() for each in lines(stepped, moved, "en")}
    dearer = Wish(rate_minor=4500)
    again = amended(moved, dearer, START, begun=False)
    assert isinstance(again.terms, HourlyTerms)
    assert again.terms.rate_of(again.terms.first_week) == 4500
    both = Wish(starts_on=later, rate_minor=4500)
    at_once = amended(stepped, both, START, begun=False)
    assert at_once.terms == again.terms
    told = [each for each in lines(stepped, at_once, "en") if each.label == "Hourly rate"]
    assert [(each.before, each.after) for each in told] == [("€40.00", "€45.00")]
    fifth = START + timedelta(days=49)
    dated = amended(stepped, Wish(starts_on=later, rate_minor=5000, from_week=fifth), START,
                    begun=False)  # fmt: skip
    assert isinstance(dated.terms, HourlyTerms)
    rates = [dated.terms.rate_of(fifth - timedelta(days=d)) for d in (7, 0)]
    assert rates == [4000, 5000]
    assert [step.from_week for step in steps(stepped, dated)[0]] == [fifth]
    assert begins_late(before, amended(before, both, START, begun=False), START)
