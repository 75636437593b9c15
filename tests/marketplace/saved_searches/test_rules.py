"""When a search looks again, what counts as a change, and the seal of its links."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.saved_searches import rules
from marketplace.saved_searches.rules import Rhythm
from search.schema import AssistantDocument

TIMES = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)).map(
    lambda naive: naive.replace(tzinfo=UTC)
)


@given(TIMES, st.sampled_from(("Europe/Paris", "America/Toronto", "Pacific/Noumea")))
def test_the_next_look_is_ahead_and_at_eight_where_its_person_lives(
    now: datetime, zone: str
) -> None:
    for rhythm, most in ((Rhythm.DAILY, 26), (Rhythm.WEEKLY, 7 * 24 + 2)):
        then = rules.following(rhythm, now, zone)
        assert now < then <= now + timedelta(hours=most)
        local = then.astimezone(ZoneInfo(zone))
        assert (local.hour, local.minute) == (8, 0)
        assert rhythm is Rhythm.DAILY or local.weekday() == 0
    assert rules.following(Rhythm.AT_ONCE, now, zone) == now
    assert rules.following(Rhythm.AT_ONCE, now, zone, sent=True) == now + rules.BETWEEN


def test_a_touch_is_no_change_and_every_fact_that_matters_is() -> None:
    one = AssistantDocument(
        id="a", slug="a", version=1, name="Ana", skills=("invoicing",), response_minutes=61
    )
    touched = replace(
        one, version=9, updated_at=1, rating=5.0, reviews=3, response_minutes=240, photo="p",
        bio_fr="Autre texte",
    )  # fmt: skip
    assert rules.mark(touched) == rules.mark(one)
    known = {field.name for field in fields(AssistantDocument)}
    assert set(rules.MATTERS) <= known
    for changed in (
        replace(one, skills=("invoicing", "bookkeeping")),
        replace(one, rate_minor=3000),
        replace(one, coverage=frozenset({4})),
        replace(one, verified=("vat",)),
        replace(one, headline_fr="Autre"),
        replace(one, response_minutes=60),
        replace(one, response_minutes=None),
        replace(one, available_on=740_000),
        replace(one, skill_years=(5,)),
    ):
        assert rules.mark(changed) != rules.mark(one)


def test_only_our_own_seal_stops_a_search() -> None:
    search = uuid4()
    token = rules.stop_token(search, "a secret")
    assert rules.stopped_by(token, "a secret") == search
    for wrong in (token[:-1], f"{uuid4()}.{token.partition('.')[2]}", "", "é.é", "x" * 99):
        with pytest.raises(rules.StopLinkUnknown):
            rules.stopped_by(wrong, "a secret")
    with pytest.raises(rules.StopLinkUnknown):
        rules.stopped_by(token, "another secret")


def test_every_fact_that_matters_has_words_for_its_change() -> None:
    named = [name for _words, names in rules.ASPECTS.values() for name in names]
    assert len(set(named)) == len(named)
    assert {*rules.MATTERS, "answers_within"} <= set(named)
    one = AssistantDocument(id="a", slug="a", version=1, name="Ana", response_minutes=61)
    other = replace(one, rate_minor=1, response_minutes=62)
    differ = [code for code, look in rules.looks(one).items() if rules.looks(other)[code] != look]
    assert differ == ["price"]
    now = datetime(2026, 11, 29, tzinfo=UTC)
    facts = {"price": ("a", now.timestamp()), "skills": ("b", None), "tools": ("c", 1.0)}
    assert rules.changed_since(facts, now - timedelta(seconds=1)) == ["price"]
    assert rules.changed_since({}, now) == []
