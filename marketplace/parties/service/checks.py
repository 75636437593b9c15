"""Owns having parties' numbers checked by their registers: after a change, and again in time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from marketplace.core import batches, clock, events, jobs
from marketplace.core.db import command, connection
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.jurisdictions import service as tax_facts
from marketplace.jurisdictions.events import NumberAnswered
from marketplace.jurisdictions.rules.registers import LASTS
from marketplace.parties import queries
from marketplace.parties.events import PartyChanged, PartyChecked, PartyCreated
from marketplace.parties.models import Party
from marketplace.web import ratelimit

if TYPE_CHECKING:
    from marketplace.web.sessions import Viewer

AT_ONCE: Final = 2  # the registers are shared by everybody

# $2 to $5: since when an answer valid, invalid, inactive, unknown still stands.
DUE: Final = """
SELECT p.id FROM party p WHERE p.id > $1 AND (
  ($7 AND p.vat_number <> '' AND p.jurisdiction = ANY($8::text[]) AND NOT EXISTS (
    SELECT 1 FROM register_answer a WHERE a.register = 'vies' AND a.number = p.vat_number
       AND a.asked_at > CASE a.state WHEN 'valid' THEN $2::timestamptz
           WHEN 'invalid' THEN $3 WHEN 'inactive' THEN $4 ELSE $5::timestamptz END))
  OR ($9 AND p.country = 'FR' AND p.registration_number ~ '^([0-9]{9}|[0-9]{14})$' AND NOT EXISTS (
    SELECT 1 FROM register_answer a WHERE a.register = 'sirene'
       AND a.number = p.registration_number
       AND a.asked_at > CASE a.state WHEN 'valid' THEN $2::timestamptz
           WHEN 'invalid' THEN $3 WHEN 'inactive' THEN $4 ELSE $5::timestamptz END)))
 ORDER BY p.id LIMIT $6"""


async def on_party_changed(event: PartyChanged | PartyCreated) -> None:
    """At once: have the numbers checked by job after this command."""
    if any(jurisdictions.asks(each) for each in jurisdictions.Register):
        await jobs.defer("parties.check", party=event.party_id)


@command
async def ask_again(viewer: Viewer, party_id: UUID) -> None:
    """Have a party's numbers checked by job now. Raises NotFound, TooManyRequests."""
    await queries.get(viewer, party_id)
    await ratelimit.hit(f"checks:{party_id}", per_minute=0.5, burst=3)
    await jobs.defer("parties.check", party=party_id, wished=True)


@jobs.task("parties.check")
async def check(party: str, *, wished: bool = False) -> None:
    """Ask every register that knows something of a party, unless it was asked lately."""
    found = await queries.by_id(UUID(party))
    for question in jurisdictions.questions(found):
        await tax_facts.ask(question, wished=wished)


@jobs.periodic("20 * * * *", "parties.recheck")
async def recheck(timestamp: int) -> None:
    """Ask again: after an hour what a register could not say, a refused number after a day."""
    del timestamp
    await run_due()


async def run_due() -> None:
    """The same now."""
    if any(jurisdictions.asks(each) for each in jurisdictions.Register):
        await batches.work_off("numbers to check", _due, _check, at_once=AT_ONCE)


async def _due(beyond: UUID, limit: int) -> list[UUID]:
    now = clock.now()
    in_eu = [each.code for each in jurisdictions.all() if jurisdictions.in_eu(each.vat_territory)]
    rows = await connection().execute_query_dict(
        DUE,
        [
            beyond,
            *(now - LASTS[each] for each in ("valid", "invalid", "inactive", "unknown")),
            limit,
            jurisdictions.asks(jurisdictions.Register.VIES), in_eu,
            jurisdictions.asks(jurisdictions.Register.SIRENE),
        ],
    )  # fmt: skip
    return [row["id"] for row in rows]


async def _check(party_id: UUID) -> None:
    await check(str(party_id))


async def on_number_answered(event: NumberAnswered) -> None:
    """At once: every party with this number is news, as what it may do depends on it."""
    vies = event.register == jurisdictions.Register.VIES
    named = {"vat_number": event.number} if vies else {"registration_number": event.number}
    for party in await Party.filter(**named).order_by("id").only("id"):
        await events.record(PartyChecked(party.id))
