"""Owns the pack of evidence for a bank: everything we know about a disputed payment. Never decides.

One ZIP: the sealed files and the texts before them, `evidence.json` with how each version was made
and signed, the hash chain, work, hours, what both sides told and the statement, and `SHA256SUMS`
over all of it, so that each part can be checked.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from marketplace.contracts import queries as contracts
from marketplace.core import archives, clock
from marketplace.core.errors import NotFound
from marketplace.disputes import queries
from marketplace.disputes.service import papers
from marketplace.work import queries as work
from payments import explorer, statements
from payments.money import Money

if TYPE_CHECKING:
    from marketplace.contracts.models import Contract
    from marketplace.work.models import Unit

SUMMARY_MAX: Final = 20_000
"""What Stripe takes in one field of text: https://docs.stripe.com/api/disputes/evidence_object"""


async def dispute(dispute_id: str) -> explorer.DisputeView:
    """The dispute. Raises NotFound."""
    found = await explorer.dispute(dispute_id)
    if found is None:
        raise NotFound
    return found


async def archive(dispute_id: str) -> bytes:
    """The whole pack as a ZIP, the same bytes for the same facts. Raises NotFound."""
    row = await dispute(dispute_id)
    contract = await contracts.by_id(UUID(row.contract))
    files = {"evidence.json": _json(await facts(row, contract))}
    files |= await papers.read(await papers.of(contract))
    files["summary.txt"] = (await summary(row, contract)).whole.encode()
    return await asyncio.to_thread(archives.packed, files)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2, default=_plain).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, Money):
        return {"minor": value.minor, "currency": value.currency}
    return str(value)


async def facts(row: explorer.DisputeView, contract: Contract) -> dict[str, Any]:
    """Everything as plain data. Amounts are minor units, times UTC."""
    chain = await contracts.evidence(contract.id)
    statement = await statements.contract_statement(row.contract)
    return {
        "dispute": asdict(row),
        "contract": {
            "id": contract.id,
            "number": contract.number,
            "title": contract.title,
            "status": contract.status,
            "agreement": contracts.agreement(contract).model_dump(mode="json"),
        },
        "versions": [each.plain() for each in await papers.of(contract)],
        "evidence_chain": {
            "broken_at": contracts.broken_at(chain),
            "events": [{**asdict(contracts.link(each)), "hash": each.hash} for each in chain],
        },
        "work": [await _unit(each) for each in await work.of_contract(contract.id)],
        "accounts": [
            {"side": each.side, "by": each.person.name, "at": each.created_at, "text": each.text}
            for each in await queries.accounts(row.id)
        ],
        "statement": asdict(statement),
    }


async def _unit(unit: Unit) -> dict[str, Any]:
    return {
        "id": unit.id,
        "kind": unit.kind.value,
        "title": unit.title,
        "status": unit.status.value,
        "from": unit.starts_on,
        "to": unit.ends_on,
        "price": Money(unit.price_minor, unit.currency),
        "criteria": unit.criteria,
        "deliveries": [
            {
                "number": each.number,
                "at": each.submitted_at,
                "note": each.note,
                "links": each.links,
                "decision": each.decision,
                "decided_at": each.decided_at,
                "decision_note": each.decision_note,
            }
            for each in await work.deliveries(unit.id)
        ],
        "hours": [
            {
                "day": each.worked_on,
                "minutes": each.minutes,
                "task": each.task,
                "note": each.note,
                "state": each.state.value,
            }
            for each in await work.entries(unit.id)
        ],
    }


@dataclass(frozen=True)
class Summary:
    """What the bank reads first, in English; the most important first, as its end may not fit."""

    whole: str

    @property
    def text(self) -> str:
        """As much of it as the bank takes."""
        return self.whole[:SUMMARY_MAX]

    @property
    def cut(self) -> int:
        """How many characters of its end the bank does not take."""
        return max(0, len(self.whole) - SUMMARY_MAX)


async def summary(row: explorer.DisputeView, contract: Contract) -> Summary:
    """Who agreed what, what each side says, what was done, who approved it."""
    lines = [f"Contract {contract.number} “{contract.title}” with an assistant."]
    for paper in await papers.of(contract):
        if paper.signed:
            lines += paper.told()
    # The assistant first: whoever disputes in bad faith must not write them out of the text.
    for account in sorted(await queries.accounts(row.id), key=lambda each: each.side):
        lines.append(f"The {account.side} says ({account.created_at:%Y-%m-%d}): {account.text}")
    for unit in await work.of_contract(contract.id):
        if str(unit.id) != row.holding:
            continue
        what = unit.title or f"the work from {unit.starts_on} to {unit.ends_on}"
        lines.append(
            f"The disputed charge {row.charge} of {row.amount} was paid beyond what was asked for "
            f"{what}. It is the client's credit, to be refunded to them."
            if row.surplus
            else f"The disputed charge {row.charge} of {row.amount} paid for {what}."
        )
        for each in await work.deliveries(unit.id):
            lines.append(f"Delivered on {each.submitted_at:%Y-%m-%d %H:%M} UTC: {each.note}")
            if each.decided_at is not None:
                lines.append(
                    f"Answered by the client on {each.decided_at:%Y-%m-%d}: {each.decision}."
                )
        hours = await work.entries(unit.id)
        if hours:
            lines.append(f"{sum(each.minutes for each in hours)} minutes of work are recorded:")
            lines += [f"{each.worked_on} {each.minutes} min {each.task}" for each in hours]
    lines.append(
        f"Compiled on {clock.now():%Y-%m-%d}; evidence.json holds the hash-chained log of all this."
    )
    return Summary("\n\n".join(lines))
