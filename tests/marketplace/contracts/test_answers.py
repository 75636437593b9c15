"""How quickly somebody answers offers is measured from the evidence and reaches the profile."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.contracts.rules.answers import LEAST, WINDOW, usual_minutes
from marketplace.contracts.service import answering, offers
from marketplace.core import clock
from marketplace.directory.queries import projection
from marketplace.profiles.models import Profile
from tests.factories import contracts as make
from tests.fixtures.application import RunJobs

waits = st.lists(
    st.integers(0, 90 * 86_400).map(lambda seconds: timedelta(seconds=seconds)), max_size=7
)


@given(waits)
def test_the_usual_time_is_one_that_half_of_the_answers_kept(found: list[timedelta]) -> None:
    usual = usual_minutes(found)
    if len(found) < LEAST:
        assert usual is None
        return
    assert usual is not None
    assert usual >= 1
    within = timedelta(minutes=usual)
    assert 2 * sum(one <= within for one in found) >= len(found)
    assert usual_minutes([*found, within, within]) in {usual, usual - 1}  # what is usual stays so


@pytest.mark.usefixtures("application")
async def test_every_kind_of_answer_counts_and_silence_does_too(run_jobs: RunJobs) -> None:
    two = await make.pair()
    profile = await Profile.get(party=two.assistant)
    who, business = await two.as_assistant(), await two.as_business()

    async def told() -> tuple[int | None, int]:
        await run_jobs()
        now = await Profile.get(pk=profile.id)
        return now.response_minutes, now.response_answers

    first, second, third = [await make.sent(two) for _ in range(3)]
    clock.advance(30 * 60)
    await offers.decline(who, first.id, "Pas disponible")
    clock.advance(60 * 60)
    await offers.counter(who, second.id, {"notice_days": 30})
    assert await told() == (None, 2)  # two answers say nothing yet
    clock.advance(60 * 60)
    await offers.withdraw(business, third.id, "")
    assert await told() == (None, 2)  # taken back before an answer: nobody's fault
    silent = await make.sent(two)
    clock.advance(15 * 86_400)
    await offers.expire_due(0)
    minutes, answers = await told()
    assert answers == 3
    assert minutes is not None
    assert 90 <= minutes <= 91  # of half an hour, an hour and a half, and a fortnight
    await make.sent(two)  # still open: it counts for neither
    whole = await Profile.get(pk=profile.id).prefetch_related(
        "party", "skills", "tools", "languages", "packages", "coverage", "proofs"
    )
    assert projection.document(whole).response_minutes == minutes
    assert whole.updated_at == profile.updated_at
    assert whole.version > profile.version
    assert silent.assistant_id == whole.party_id

    clock.advance((WINDOW - timedelta(days=15, hours=1)).total_seconds())
    await answering.measure_all(0)
    assert await told() == (None, 1)  # the silent one is young enough, those before it are not
    clock.advance(40 * 86_400)
    await answering.measure_all(0)
    assert await told() == (None, 0)  # nothing is left of anybody's past
