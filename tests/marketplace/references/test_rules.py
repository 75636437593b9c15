"""What an address tells, what links open, and from when to when references prove something."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.references.rules import addresses, links
from marketplace.references.rules.counting import COMPANIES_LEAST, LEAST, Counted, proven
from marketplace.references.rules.states import (
    REFUSED,
    REMINDERS,
    TRANSITIONS,
    WAITS,
    ReferenceLinkUnknown,
    Status,
    counts_until,
    following,
)
from marketplace.references.schemas import AskDraft
from tests.factories.references import asking

DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))
ONE = st.builds(
    lambda mark, company, on: Counted(mark, company, on, counts_until(on)),
    st.sampled_from("abcd"), st.booleans(), DAYS,
)  # fmt: skip


@given(st.lists(ONE, max_size=8))
def test_a_proof_ends_on_the_last_day_that_enough_of_them_count(some: list[Counted]) -> None:
    def enough(day: date) -> bool:
        newest = {one.mark: one for one in sorted(some, key=lambda each: each.answered_on)}
        there = [one for one in newest.values() if one.until >= day]
        return len(there) >= LEAST and sum(one.at_company for one in there) >= COMPANIES_LEAST

    found = proven(some)
    if found is None:
        assert not any(enough(one.until) for one in some)
        return
    newest, last = found
    assert newest == max(one.answered_on for one in some)
    assert enough(last)
    assert not enough(last + timedelta(days=1))


@given(DAYS)
def test_an_answer_counts_three_years(day: date) -> None:
    last = counts_until(day)
    assert (last.year, last.month) == (day.year + 3, day.month)
    assert last.day == day.day or (day.month, day.day, last.day) == (2, 29, 28)


@given(st.timedeltas(timedelta(0), timedelta(days=40)))
def test_a_step_of_a_request_follows_until_its_end(later: timedelta) -> None:
    asked_at = datetime(2026, 3, 1, tzinfo=UTC)
    due = following(asked_at, asked_at + later) - asked_at
    assert due in {*REMINDERS, WAITS}
    assert due > later or due == WAITS


def test_what_an_address_tells() -> None:
    assert addresses.mailbox("ana+x@example.fr") == "ana@example.fr"
    assert addresses.mailbox("A.na.s+1@googlemail.com".lower()) == "anas@gmail.com"
    for free in ("gmail.com", "yahoo.co.uk", "orange.fr", "hotmail.fr", "skynet.be",
                 "ana.fastmail.com", "posteo.net", "ik.me", "netcourrier.com"):  # fmt: skip
        assert addresses.is_free(free), free
    for own in ("example.fr", "orange-bleue.fr", "mail.example.fr", "live.example.com"):
        assert not addresses.is_free(own), own
    assert addresses.mailbox("x@ana.fastmail.com") == "ana@fastmail.com"
    for relay in ("mozmail.com", "ana.anonaddy.com", "privaterelay.appleid.com", "duck.com"):
        assert addresses.is_throwaway(relay), relay
    assert not addresses.is_throwaway("appleid.com")
    assert addresses.same_house("mail.example.fr", "example.fr")
    assert not addresses.same_house("badexample.fr", "example.fr")
    assert not addresses.same_house("gmail.com", "gmail.com")
    assert addresses.mark("a@b.fr", "one") != addresses.mark("a@b.fr", "two")


def test_a_link_opens_what_it_is_for_and_nothing_else() -> None:
    one, secret = uuid4(), "a secret"
    made = links.token(links.Purpose.ANSWER, one, secret)
    assert links.meant(links.Purpose.ANSWER, made, ["new", secret]) == one
    for purpose, token, secrets in (
        (links.Purpose.REMOVE, made, [secret]),
        (links.Purpose.ANSWER, made[:-1], [secret]),
        (links.Purpose.ANSWER, made, ["new"]),
        (links.Purpose.ANSWER, "x", [secret]),
        (links.Purpose.ANSWER, f"{one}.é", [secret]),
    ):
        with pytest.raises(ReferenceLinkUnknown):
            links.meant(purpose, token, secrets)
    stop = links.token(links.Purpose.STOP, "a mark", secret)
    assert links.stopping(stop, ["new", secret]) == "a mark"
    for token in (made, stop[:-1], f"another {stop}"):
        with pytest.raises(ReferenceLinkUnknown):
            links.stopping(token, [secret])


def test_nothing_follows_a_no() -> None:
    assert not {*REFUSED, Status.EXPIRED, Status.WITHDRAWN, Status.ENDED} & set(TRANSITIONS)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "See www.spam.example"},
        {"company": "http://spam.example"},
        {"company": "gagnez-gros.xyz"},
        {"name": "Buy\u2028now"},
        {"worked_from": "2024-13"},
        {"worked_from": "1888-01"},
        {"worked_from": "2999-02"},
        {"worked_to": "2024-02"},
        {"relation": "friend"},
        {"email": "nobody"},
    ],
)
def test_a_mail_to_a_stranger_carries_no_link_and_months_are_possible(
    wrong: dict[str, str],
) -> None:
    with pytest.raises(ValueError, match=r".+"):
        AskDraft.model_validate(asking(**{"email": "ana@client.example", **wrong}))


def test_months_are_read_as_people_write_them() -> None:
    for written in ("2024-03", "03/2024", "3/2024", "2024-03-17", "2024-3"):
        draft = AskDraft.model_validate(asking(worked_from=written))
        assert draft.worked_from == date(2024, 3, 1)
        assert draft.model_dump(mode="json")["worked_from"] == "2024-03"
