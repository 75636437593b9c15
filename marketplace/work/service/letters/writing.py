"""Owns how a mail about work is written to the people of a side; never when.

Texts are msgids, said in each reader's language.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from marketplace.contracts import queries as contracts
from marketplace.contracts.models import Contract
from marketplace.core import mail
from marketplace.core.db import command
from marketplace.core.i18n import format_date, format_datetime, format_money, gettext
from marketplace.parties import queries as parties
from marketplace.work.models import Unit
from marketplace.work.rules import UnitKind
from payments.money import Money

BUSINESS, ASSISTANT = "business", "assistant"


def name_of(unit: Unit, locale: str) -> str:
    """The unit as people call it."""
    if unit.kind is UnitKind.MILESTONE:
        return unit.title
    if unit.kind is UnitKind.TOP_UP:
        return gettext("the further pack", locale)
    if unit.kind is UnitKind.WEEK:
        day = format_date(unit.starts_on, locale)
        return gettext("the week of %(day)s", locale, day=day)
    return gettext("period %(n)s", locale, n=unit.position)


async def write(
    contract: Contract,
    side: str,
    subject: str,
    lines: str | tuple[str, ...],
    path: str,
    unit: Unit | None = None,
    *,
    about: str = "",
    **extra: object,
) -> None:
    """Inside a command: a mail to every person of one side, leading to `path`.

    `subject` and `lines` are msgids, filled with the contract's title, the part (`unit`) and
    `extra`; `about` is what the mail will have proved once it has left (mail.sent_about).
    """
    party = contract.business_id if side == BUSINESS else contract.assistant_id
    for member in await parties.people(party):
        person = member.person
        said = {
            name: _said(value, person.locale, contract.time_zone) for name, value in extra.items()
        }
        params: dict[str, object] = {"title": contract.title, **said}
        if unit is not None:
            params["part"] = name_of(unit, person.locale)
            if unit.answer_by is not None:
                until = format_datetime(unit.answer_by, person.locale, contract.time_zone)
                params["until"] = until
        texts = (lines,) if isinstance(lines, str) else lines
        await mail.send(
            "work_news",
            to=person.email,
            locale=person.locale,
            name=person.name,
            subject=gettext(subject, person.locale, **params),
            line=" ".join(gettext(line, person.locale, **params) for line in texts),
            path=path,
            about=about,
        )


def _said(value: object, locale: str, zone: str) -> object:
    """Amounts, days, moments and msgids of a list as the reader's language writes them."""
    if isinstance(value, datetime):
        return format_datetime(value, locale, zone)
    if isinstance(value, Money):
        return format_money(value, locale)
    if callable(value):
        return value(locale)
    return format_date(value, locale, "day") if isinstance(value, date) else value


async def tell(
    contract: Contract,
    side: str,
    subject: str,
    line: str,
    path: str,
    unit: Unit | None = None,
    **extra: object,
) -> None:
    """For other features: the same, where the mail proves nothing."""
    await write(contract, side, subject, line, path, unit, **extra)  # type: ignore[arg-type]


@command
async def write_about(
    unit_id: UUID, side: str, subject: str, *lines: str, path: str = "", **extra: object
) -> None:
    """The same about one part, in a command of its own; `path` goes on from the part's page."""
    unit = await Unit.get(pk=unit_id)
    contract = await contracts.by_id(unit.contract_id)
    path = f"/units/{unit.id}{path}"
    await write(contract, side, subject, lines, path, unit, **extra)  # type: ignore[arg-type]
