"""Owns telling assistants of limits reached, once each, and from when VAT is due."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.billing.models import DeclaredTurnover, RadarNotice
from marketplace.billing.queries import radar as queries
from marketplace.billing.rules import radar as rules
from marketplace.contracts import queries as contracts
from marketplace.core import batches, clock, jobs, mail
from marketplace.core.db import command, lock
from marketplace.core.errors import Invalid
from marketplace.core.i18n import _, gettext
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.jurisdictions import service as tax_facts
from marketplace.jurisdictions.rules.limits import LEVELS
from marketplace.parties import queries as parties
from marketplace.parties.models import Party

if TYPE_CHECKING:
    from marketplace.billing.queries.radar import Radar, Watched
    from marketplace.billing.schemas.radar import DeclaredDraft
    from marketplace.web.sessions import Viewer


@command
async def declare(viewer: Viewer, party_id: UUID, draft: DeclaredDraft) -> Radar:
    """Say what was earned outside in a year; a later word replaces an earlier one.

    Raises NotFound, Invalid (year, amount).
    """
    found = await queries.radar(viewer, party_id)
    if not found.year - rules.YEARS_BACK <= draft.year <= found.year:
        raise Invalid({"year": _("Choose this year or the last one.")})
    try:
        minor = jurisdictions.amount_read(draft.amount, found.currency)
    except ValueError:
        raise Invalid({"amount": _("Write an amount such as 12000 or 12 000,50.")}) from None
    await lock(Party, party_id)
    row = await DeclaredTurnover.get_or_none(party_id=party_id, year=draft.year)
    row = row or DeclaredTurnover(party_id=party_id, year=draft.year)
    row.amount_minor, row.currency = minor, found.currency
    row.declared_by_id, row.declared_at = viewer.person_id, clock.now()
    await row.save()
    await _look(party_id)
    return await queries.radar(viewer, party_id, draft.year)


@jobs.periodic("40 5 * * *", "billing.radar")
async def tick(timestamp: int) -> None:
    """Look at everybody's turnover once a day. `timestamp` is procrastinate's and unused."""
    del timestamp
    await run_due()


async def run_due() -> None:
    """The same now; however often it runs, each crossing is told once."""
    await batches.work_off("turnovers to look at", contracts.assistants_at_work, look)


@command
async def look(party_id: UUID) -> None:
    """Tell of what one assistant's turnover has reached, and keep when VAT becomes due."""
    await lock(Party, party_id)
    await _look(party_id)


async def _look(party_id: UUID) -> None:
    party = await parties.by_id(party_id)
    if not jurisdictions.find(party.jurisdiction):
        return
    found = await queries.of_party(party)
    await tax_facts.set_standing(party.id, found.ends_on)
    looked_at = [found]
    if clock.today(jurisdictions.get(party.jurisdiction).time_zone).month == 1:
        looked_at.insert(0, await queries.of_party(party, found.year - 1))  # its last days
    for year in looked_at:
        for each in year.watched:
            if await _new(year, each):
                await _write(year, each)


async def _new(found: Radar, each: Watched) -> bool:
    """Whether the highest level reached is news. Lower ones on the way are not told any more."""
    told = RadarNotice.filter(party_id=found.party.id, year=found.year, code=each.line.code)
    known = {row.level for row in await told}
    reached = [level for level in LEVELS if level <= each.line.level]
    for level in reached:
        if level not in known:
            await RadarNotice.create(
                party_id=found.party.id,
                year=found.year,
                code=each.line.code,
                level=level,
                used_minor=each.line.used_minor,
                told_at=clock.now(),
            )
    return bool(reached) and reached[-1] not in known


async def _write(found: Radar, each: Watched) -> None:
    line, limit = each.line, each.limit
    for member in await parties.people(found.party.id):
        locale = member.person.locale
        said = gettext(
            _("%(limit)s: %(used)s of %(amount)s in %(year)s."), locale,
            limit=limit.label(locale), year=found.year,
            used=jurisdictions.amount_text(line.used_minor, line.currency, locale),
            amount=jurisdictions.amount_text(line.limit_minor, line.currency, locale),
        )  # fmt: skip
        await mail.send(
            "payee_news",
            to=member.person.email,
            locale=locale,
            name=member.person.name,
            subject=gettext(rules.SUBJECTS[line.level], locale),
            line=f"{said} {gettext(rules.WHAT_FOLLOWS[line.effect], locale)}",
            path=f"/radar/{found.party.id}",
        )
