"""Owns what a profile needs to be public and how complete it is; never reads or writes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from marketplace.core.errors import Conflict, Invalid
from marketplace.core.i18n import _
from marketplace.profiles.rules.states import Engagement

HEADLINE_MIN: Final = 10
TEXT_MIN: Final = 80
SKILLS_MIN: Final = 1
GOOD_SKILLS: Final = 5
TAKEN: Final = frozenset({"city", "compare", "skill", "suggest", "towns"})
"""Pages of the directory at the address a profile of that name would have."""


class Step(StrEnum):
    """The steps of the editor, in order; their values stand in addresses."""

    IDENTITY = "identity"
    SKILLS = "skills"
    LANGUAGES = "languages"
    PLACE = "place"
    RATES = "rates"
    AVAILABILITY = "availability"
    PHOTO = "photo"
    PREVIEW = "preview"


STEPS: Final = tuple(Step)


@dataclass(frozen=True, slots=True)
class Contents:
    """What the rules look at in a profile."""

    headlines: tuple[str, str]
    texts: tuple[str, str]
    skills: int
    tools: int
    languages: int
    country: str
    region: str
    city: str
    engagement: frozenset[Engagement]
    has_rate: bool
    packages: int
    hours_week: int | None
    covered: bool
    photo: bool


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing a public profile lacks, and the step that mends it."""

    code: str
    step: Step
    message: str


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing that makes a profile better: its weight in points of 100."""

    code: str
    step: Step
    points: int
    message: str
    effect: str = ""


@dataclass(frozen=True, slots=True)
class Completeness:
    """Points out of 100, and what to do next (None when all is there)."""

    points: int
    next: Advice | None


class NotReady(Invalid):
    """The profile lacks something a public one has; `missing` says what and where."""

    message = _("Your profile is not ready to be published.")

    def __init__(self, missing: list[Missing]) -> None:
        super().__init__({each.code: each.message for each in missing})
        self.missing = missing


class WouldBeIncomplete(Conflict):
    """The change would leave a public profile without something it needs: `errors` say what."""

    message = _("A public profile needs this. Pause the profile first to remove it.")

    def __init__(self, missing: list[Missing]) -> None:
        super().__init__()
        self.errors = {each.code: each.message for each in missing}


class NobodyStands(Conflict):
    """Its owners are suspended: members alone do not show it again."""

    message = _("This profile cannot be shown now: none of its owners may log in.")


class EmailUnconfirmed(Conflict):
    """The person's address is not confirmed, so nobody could be reached."""

    message = _("Confirm your e-mail address first: the link is in your mailbox.")


def headline_and_text(contents: Contents) -> bool:
    """Whether one language has both a headline and a text of a useful length."""
    return any(
        len(headline) >= HEADLINE_MIN and len(text) >= TEXT_MIN
        for headline, text in zip(contents.headlines, contents.texts, strict=True)
    )


def unpriced(contents: Contents) -> frozenset[Engagement]:
    """The chosen kinds of contract whose price is not told; that of a project is told in offers."""
    priced = {Engagement.PROJECT}
    if contents.has_rate:
        priced.add(Engagement.HOURLY)
    if contents.packages:
        priced.add(Engagement.FLAT_FEE)
    return contents.engagement - priced


def missing(contents: Contents) -> list[Missing]:
    """What is missing to publish, in the order of the steps."""
    checks = (
        (
            any(len(each) >= HEADLINE_MIN for each in contents.headlines),
            Missing("headline", Step.IDENTITY, _("Write a headline of at least ten characters.")),
        ),
        (
            headline_and_text(contents),
            Missing(
                "text",
                Step.IDENTITY,
                _("Present yourself in at least eighty characters, in the language of a headline."),
            ),
        ),
        (contents.skills >= SKILLS_MIN, Missing("skills", Step.SKILLS, _("Choose a skill."))),
        (
            contents.languages > 0,
            Missing("languages", Step.LANGUAGES, _("Say which languages you speak.")),
        ),
        (
            bool(contents.country and contents.region),
            Missing("place", Step.PLACE, _("Say where you work from.")),
        ),
        (
            bool(contents.engagement),
            Missing("engagement", Step.RATES, _("Choose how you can be engaged.")),
        ),
        (
            Engagement.HOURLY not in unpriced(contents),
            Missing("hourly_rate", Step.RATES, _("Give your hourly rate.")),
        ),
        (
            Engagement.FLAT_FEE not in unpriced(contents),
            Missing("packages", Step.RATES, _("Describe at least one package.")),
        ),
        (
            contents.hours_week is not None,
            Missing("hours_week", Step.AVAILABILITY, _("Say how many hours a week you can work.")),
        ),
    )
    return [each for given, each in checks if not given]


def advice(contents: Contents) -> list[tuple[bool, Advice]]:
    """Everything that counts, done or not; the points add up to 100."""
    both = all(len(each) >= HEADLINE_MIN for each in contents.headlines) and all(
        len(each) >= TEXT_MIN for each in contents.texts
    )
    found = _("Searches match skills first.")
    return [
        (
            headline_and_text(contents),
            Advice("text", Step.IDENTITY, 20, _("Write a headline and a short text")),
        ),
        (
            contents.skills >= SKILLS_MIN,
            Advice("skills", Step.SKILLS, 15, _("Choose your skills"), found),
        ),
        (contents.languages > 0, Advice("languages", Step.LANGUAGES, 10, _("Add your languages"))),
        (
            bool(contents.country and contents.region),
            Advice("place", Step.PLACE, 10, _("Say where you work from")),
        ),
        (
            bool(contents.engagement) and not unpriced(contents),
            Advice("rates", Step.RATES, 15, _("Give your rates")),
        ),
        (
            contents.hours_week is not None,
            Advice("hours_week", Step.AVAILABILITY, 5, _("Say how many hours a week you can work")),
        ),
        (
            contents.covered,
            Advice(
                "coverage",
                Step.AVAILABILITY,
                5,
                _("Fill in the hours you cover"),
                _("Reception work is searched by hours."),
            ),
        ),
        (contents.tools > 0, Advice("tools", Step.SKILLS, 5, _("Add the tools you know"))),
        (
            contents.skills >= GOOD_SKILLS,
            Advice("more_skills", Step.SKILLS, 5, _("Choose at least five skills"), found),
        ),
        (
            both,
            Advice(
                "both_languages",
                Step.IDENTITY,
                5,
                _("Write your text in the other language too"),
                _("Clients search in French and in English."),
            ),
        ),
        (contents.photo, Advice("photo", Step.PHOTO, 5, _("Add a photo, if you like"))),
    ]


def completeness(contents: Contents) -> Completeness:
    """How complete the profile is; the next action is the undone one worth most."""
    items = advice(contents)
    undone = [each for done, each in items if not done]
    best = max(undone, key=lambda each: each.points, default=None)
    return Completeness(sum(each.points for done, each in items if done), best)


def steps_done(contents: Contents) -> frozenset[Step]:
    """The steps with nothing missing in them and something in them."""
    lacking = {each.step for each in missing(contents)}
    optional = {Step.PHOTO} if not contents.photo else set()
    return frozenset(set(STEPS) - lacking - optional - {Step.PREVIEW})
