"""Owns the mails about references: the request, its reminders, thanks, the answer. Decides nothing.

None of them carries words of the assistant's beyond the names that both sides go by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from marketplace.core import mail
from marketplace.core.grounds import GROUNDS, Ground
from marketplace.core.i18n import _, gettext
from marketplace.core.settings import settings
from marketplace.parties import queries as parties
from marketplace.parties.rules import Role
from marketplace.references.rules import links
from marketplace.references.rules.states import ADDRESS_KEPT, YEARS

if TYPE_CHECKING:
    from marketplace.accounts.models import Person
    from marketplace.references.models import ClientReference, ReferenceReport

_DOWN = (
    _("A reference is no longer shown"),
    (
        _(
            "Your reference for %(assistant)s is no longer shown. Why: %(ground)s. Our reason: "
            "“%(reason)s”. If you think we are wrong, write to us: another person looks at it."
        ),
        _(
            "The reference that %(client)s gave you is no longer shown and does not count. Why: "
            "%(ground)s. Our reason: “%(reason)s”. If you think we are wrong, write to us: another "
            "person looks at it."
        ),
    ),
)
_BACK = (
    _("A reference is shown again"),
    (
        _(
            "Your reference for %(assistant)s, which we had taken down, is shown again. Our "
            "reason: “%(reason)s”."
        ),
        _(
            "The reference that %(client)s gave you, which we had taken down, is shown again and "
            "counts. Our reason: “%(reason)s”."
        ),
    ),
)
"""The subject, and the lines for who gave it and who asked for it."""

_REPORT_DOWN = _(
    "You reported a reference. It is no longer shown. Why: %(ground)s. Our reason: “%(reason)s”."
)
_REPORT_KEPT = _(
    "You reported a reference. We looked at it and it stays. Our reason: “%(reason)s”. If you "
    "think we are wrong, write to us: another person looks at it."
)

_REPORT_GONE = _("You reported a reference. It is no longer shown: it was taken back or is over.")

PATHS: Final = {
    links.Purpose.ANSWER: "answer",
    links.Purpose.REMOVE: "remove",
    links.Purpose.STOP: "stop",
}


def address(row: ClientReference, purpose: links.Purpose) -> str:
    """The whole address of a link of this reference."""
    of = row.mark if purpose is links.Purpose.STOP else row.id
    token = links.token(purpose, of, settings().secret_key)
    base = f"{settings().base_url}/{row.locale}"
    return f"{base}/references/{PATHS[purpose]}?token={token}"


async def send_request(row: ClientReference, *, reminder: bool) -> None:
    """Ask the client; the reminder carries the same link."""
    await mail.send(
        "reference_asked",
        to=row.email,
        locale=row.locale,
        about=row.mails,
        unsubscribe=address(row, links.Purpose.STOP),
        reminder=reminder,
        reference=row,
        assistant=(await parties.by_id(row.party_id)).display_name,
        link=address(row, links.Purpose.ANSWER),
        stop_link=address(row, links.Purpose.STOP),
        years=YEARS,
        days=ADDRESS_KEPT.days,
    )


async def send_thanks(row: ClientReference) -> None:
    """Tell the client what is public now, and how they remove it."""
    await mail.send(
        "reference_thanks",
        to=row.email,
        locale=row.locale,
        about=row.mails,
        reference=row,
        assistant=(await parties.by_id(row.party_id)).display_name,
        link=address(row, links.Purpose.REMOVE),
        years=YEARS,
    )


async def send_answered(row: ClientReference) -> None:
    """Tell the assistant what became of it."""
    for person in await _asking(row):
        await mail.send(
            "reference_answered", to=person.email, locale=person.locale, reference=row,
            name=person.name,
        )  # fmt: skip


async def _asking(row: ClientReference) -> list[Person]:
    """Who asked, as long as they act for the assistant; else its owners."""
    members = await parties.people(row.party_id)
    asked = [one.person for one in members if one.person_id == row.asked_by_id]
    return asked or [one.person for one in members if one.role is Role.OWNER]


async def send_judged(row: ClientReference, reason: str) -> None:
    """Tell who gave it and the assistant that it was taken down, or put back, and why."""
    subject, (to_giver, to_asker) = _DOWN if row.taken_down_at else _BACK
    assistant = (await parties.by_id(row.party_id)).display_name
    token = links.token(links.Purpose.REMOVE, row.id, settings().secret_key)
    removing = f"/references/remove?token={token}"
    told = [(row.email, row.locale, row.name, to_giver, removing, row.mails)]
    for person in await _asking(row):
        told.append((person.email, person.locale, person.name, to_asker, "/references", ""))
    for email, locale, name, line, path, about in told:
        ground = gettext(GROUNDS[Ground(row.taken_down_for)], locale) if row.taken_down_for else ""
        said = {"assistant": assistant, "client": row.name, "ground": ground, "reason": reason}
        await mail.send(
            "reference_judged", to=email, locale=locale, name=name, about=about,
            subject=gettext(subject, locale), line=gettext(line, locale, **said), path=path,
        )  # fmt: skip


async def tell_reporter(
    report: ReferenceReport, ground: Ground | None, reason: str, *, gone: bool = False
) -> None:
    """In a command: whoever left an address reads what was decided, or that it is `gone`."""
    if not report.email:
        return
    locale = report.locale
    line = _REPORT_GONE if gone else _REPORT_DOWN if ground else _REPORT_KEPT
    said = {"ground": gettext(GROUNDS[ground], locale) if ground else "", "reason": reason}
    await mail.send(
        "reference_report", to=report.email, locale=locale,
        subject=gettext(_("Your report of a reference"), locale),
        line=gettext(line, locale, **({} if gone else said)),
    )  # fmt: skip
