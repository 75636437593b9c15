"""What a public profile needs, and how complete one is."""

from dataclasses import replace

import pytest

from marketplace.profiles.rules.publishing import (
    Contents,
    Step,
    advice,
    completeness,
    missing,
    steps_done,
)
from marketplace.profiles.rules.states import TRANSITIONS, Engagement, Status, may_move

EMPTY = Contents(
    ("", ""), ("", ""), 0, 0, 0, "", "", "", frozenset(), False, 0, None, False, False
)  # fmt: skip
LONG = "x" * 80
READY = Contents(
    headlines=("Standard et agenda", ""),
    texts=(LONG, ""),
    skills=1,
    tools=0,
    languages=1,
    country="FR",
    region="FR-OCC",
    city="toulouse",
    engagement=frozenset({Engagement.HOURLY}),
    has_rate=True,
    packages=0,
    hours_week=20,
    covered=False,
    photo=False,
)


def test_an_empty_profile_lacks_everything_that_is_needed() -> None:
    codes = [each.code for each in missing(EMPTY)]
    assert codes == [
        "headline", "text", "skills", "languages", "place", "engagement", "hours_week",
    ]  # fmt: skip
    assert steps_done(EMPTY) == frozenset()


def test_a_ready_profile_lacks_nothing_and_one_language_is_enough() -> None:
    assert missing(READY) == []
    assert missing(replace(READY, headlines=("", "Front desk for you"), texts=("", LONG))) == []


@pytest.mark.parametrize(
    ("change", "code", "step"),
    [
        ({"headlines": ("short", "")}, "headline", Step.IDENTITY),
        ({"texts": ("short", "")}, "text", Step.IDENTITY),
        ({"texts": ("", LONG)}, "text", Step.IDENTITY),
        ({"skills": 0}, "skills", Step.SKILLS),
        ({"languages": 0}, "languages", Step.LANGUAGES),
        ({"region": ""}, "place", Step.PLACE),
        ({"engagement": frozenset()}, "engagement", Step.RATES),
        ({"has_rate": False}, "hourly_rate", Step.RATES),
        ({"engagement": frozenset({Engagement.FLAT_FEE})}, "packages", Step.RATES),
        ({"hours_week": None}, "hours_week", Step.AVAILABILITY),
    ],
)
def test_each_thing_missing_leads_to_its_step(
    change: dict[str, object], code: str, step: Step
) -> None:
    lacking = missing(replace(READY, **change))  # type: ignore[arg-type]
    assert (code, step) in {(each.code, each.step) for each in lacking}


def test_the_points_add_up_to_a_hundred_and_the_best_action_comes_next() -> None:
    assert sum(each.points for _done, each in advice(EMPTY)) == 100
    assert completeness(EMPTY).points == 0
    first = completeness(EMPTY).next
    assert first
    assert first.code == "text"
    full = replace(
        READY, headlines=("Standard et agenda", "Front desk and diary"), texts=(LONG, LONG),
        skills=5, tools=1, covered=True, photo=True,
    )  # fmt: skip
    assert completeness(full).points == 100
    assert completeness(full).next is None


def test_whoever_works_by_project_alone_can_be_complete() -> None:
    project = frozenset({Engagement.PROJECT})
    alone = replace(READY, engagement=project, has_rate=False)
    assert "rates" in {each.code for done, each in advice(alone) if done}
    flat = replace(alone, engagement=project | {Engagement.FLAT_FEE})
    assert "rates" not in {each.code for done, each in advice(flat) if done}


def test_the_table_of_states_is_the_only_way() -> None:
    allowed = {(a, b) for a in Status for b in Status if may_move(a, b)}
    assert allowed == {
        (Status.DRAFT, Status.PUBLISHED),
        (Status.PUBLISHED, Status.PAUSED),
        (Status.PAUSED, Status.PUBLISHED),
    }
    assert set(TRANSITIONS) == set(Status)
