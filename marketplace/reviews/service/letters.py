"""Owns the mails about reviews, to each side in its language; never changes any state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from marketplace.contracts import queries as contracts
from marketplace.contracts.rules.access import party_of
from marketplace.contracts.rules.states import Actor
from marketplace.core import mail
from marketplace.core.db import command
from marketplace.core.grounds import GROUNDS, Ground
from marketplace.core.i18n import _, format_date, gettext
from marketplace.parties import queries as parties
from marketplace.reviews import queries
from marketplace.reviews.models import ContractReview, ReviewRound
from marketplace.reviews.rules import CRITERIA, Occasion, last_day, other

if TYPE_CHECKING:
    from marketplace.accounts.models import Person
    from marketplace.contracts.models import Contract
    from marketplace.reviews.events import (
        ReviewJudged,
        ReviewReplied,
        ReviewShownAgain,
        ReviewsReminded,
        ReviewsRevealed,
        RoundOpened,
    )
    from marketplace.reviews.models import ReviewReport

_OPENED = {
    Occasion.ENDED: _(
        "The contract “%(title)s” is over. You can say until %(day)s how it was to work with "
        "%(name)s. Nobody reads it before both reviews are in or that day has passed."
    ),
    Occasion.UNDER_WAY: _(
        "The contract “%(title)s” has run for three months. You can say until %(day)s how it is to "
        "work with %(name)s. Nobody reads it before both reviews are in or that day has passed. "
        "At the end of the contract you can write another one, which takes its place."
    ),
}
_REMINDED = _(
    "You can review %(name)s until %(day)s, for the contract “%(title)s”. What is only saved as a "
    "draft and not sent by then is deleted."
)
_BOTH = _("Both reviews of the contract “%(title)s” are in: you can read what %(name)s wrote.")
_ONE = _("The time for reviews of the contract “%(title)s” is over: what was sent can be read.")
_REPLIED = _("%(name)s replied to your review of the contract “%(title)s”.")
_HIDDEN = _(
    "A review of the contract “%(title)s” was reported to us and is no longer shown. Why: "
    "%(ground)s. Our reason: “%(reason)s”. If you think we are wrong, write to us: another "
    "person looks at it."
)
_KEPT = _(
    "A review of the contract “%(title)s” was reported to us. We looked at it and it stays. Our "
    "reason: “%(reason)s”. If you think we are wrong, write to us: another person looks at it."
)
_AGAIN = _(
    "A review of the contract “%(title)s” that we had hidden is shown again, and counts. Our "
    "reason: “%(reason)s”. If you think we are wrong, write to us: another person looks at it."
)
_REPORT_HIDDEN = _(
    "You reported a review. It is no longer shown. Why: %(ground)s. Our reason: “%(reason)s”."
)
_REPORT_KEPT = _(
    "You reported a review. We looked at it and it stays. Our reason: “%(reason)s”. If you think "
    "we are wrong, write to us: another person looks at it."
)


@command
async def on_opened(event: RoundOpened) -> None:
    """Both sides read that they may review each other, and until when; not who acts for both."""
    row = await ReviewRound.get(pk=event.round_id)
    if row.revealed_at is None:
        await _of_round(row, _("You can review %(name)s"), _OPENED[row.occasion])


@command
async def on_reminded(event: ReviewsReminded) -> None:
    """Whoever has not sent a review is reminded; nobody is told whether the other has."""
    row = await ReviewRound.get(pk=event.round_id)
    if row.revealed_at is None:
        done = await ContractReview.filter(round_id=row.id, sent_at__isnull=False)
        sides = set(CRITERIA) - {each.side for each in done}
        await _of_round(row, _("Your review of %(name)s: a few days left"), _REMINDED, sides)


@command
async def on_revealed(event: ReviewsRevealed) -> None:
    """Both sides read that the reviews can be read."""
    row = await ReviewRound.get(pk=event.round_id)
    sent = await ContractReview.filter(round_id=row.id, sent_at__isnull=False).count()
    line = _BOTH if sent == len(CRITERIA) else _ONE
    await _of_round(row, _("Reviews to read: %(title)s"), line)


@command
async def on_replied(event: ReviewReplied) -> None:
    """The author reads that there is an answer."""
    row = await queries.by_id(event.review_id)
    await _write(row.round.contract, row.side, _("%(name)s replied to your review"), _REPLIED)


@command
async def on_judged(event: ReviewJudged) -> None:
    """Both sides read what was decided about a reported review, and why."""
    subject, line = _("A review was reported and stays: %(title)s"), _KEPT
    if event.ground:
        subject, line = _("A review is no longer shown: %(title)s"), _HIDDEN
    await _of_review(event.review_id, subject, line, ground=event.ground, reason=event.reason)


@command
async def on_shown_again(event: ReviewShownAgain) -> None:
    """Both sides read that a hidden review is back, and why."""
    subject = _("A review is shown again: %(title)s")
    await _of_review(event.review_id, subject, _AGAIN, reason=event.reason)


async def tell_reporter(report: ReviewReport, ground: Ground | None, reason: str) -> None:
    """In a command: whoever left an address reads what was decided."""
    if not report.email:
        return
    said = gettext(GROUNDS[ground], report.locale) if ground else ""
    await mail.send(
        "review_report",
        to=report.email,
        locale=report.locale,
        subject=gettext(_("Your report of a review"), report.locale),
        line=gettext(
            _REPORT_HIDDEN if ground else _REPORT_KEPT, report.locale, ground=said, reason=reason
        ),
        path="/reviews/rules",
    )


async def _of_round(
    row: ReviewRound, subject: str, line: str, sides: set[Actor] | None = None
) -> None:
    contract = await contracts.by_id(row.contract_id)
    for side in CRITERIA:
        if sides is None or side in sides:
            open_ = row.revealed_at is None
            await _write(contract, side, subject, line, may_write=open_, closes_at=row.closes_at)


async def _of_review(review_id: UUID, subject: str, line: str, **facts: Any) -> None:
    row = await queries.by_id(review_id)
    for side in CRITERIA:
        await _write(row.round.contract, side, subject, line, **facts)


async def _write(
    contract: Contract,
    side: Actor,
    subject: str,
    line: str,
    *,
    may_write: bool = False,
    **facts: Any,
) -> None:
    """`may_write`: it is about writing a review, which whoever acts for both sides may not."""
    across = await parties.by_id(party_of(other(side), contract))
    beside = {each.id for each in await _people(across.id)} if may_write else set()
    for person in await _people(party_of(side, contract)):
        if person.id in beside:
            continue
        params = {"title": contract.title, "name": across.display_name, **facts}
        if "closes_at" in params:
            day = last_day(params.pop("closes_at"), contract.time_zone)
            params["day"] = format_date(day, person.locale)
        if params.get("ground"):
            params["ground"] = gettext(GROUNDS[Ground(str(params["ground"]))], person.locale)
        await mail.send(
            "review_news",
            to=person.email,
            locale=person.locale,
            name=person.name,
            subject=gettext(subject, person.locale, **params),
            line=gettext(line, person.locale, **params),
            path=f"/contracts/{contract.id}/reviews",
        )


async def _people(party_id: UUID) -> list[Person]:
    return [member.person for member in await parties.people(party_id)]
