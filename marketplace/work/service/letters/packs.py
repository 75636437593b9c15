"""Owns the mails about units of a pack that expire or have expired."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from marketplace.contracts.rules.terms import Agreement, FlatFeeTerms
from marketplace.contracts.rules.words import pack_units
from marketplace.core.db import command
from marketplace.core.i18n import _
from marketplace.work import queries
from marketplace.work.events import (
    PackExpiring,
    PackLapsed,
)
from marketplace.work.models import PackNotice, Unit
from marketplace.work.service.letters.writing import ASSISTANT, BUSINESS, write


@command
async def on_pack_expiring(event: PackExpiring) -> None:
    """The business reads which units of a pack expire and when, if nobody uses them."""
    notice = await PackNotice.get(pk=event.notice_id).prefetch_related("lot")
    contract, agreement = await queries.agreed(notice.lot.contract_id)
    await write(
        contract, BUSINESS, _("Part of your pack expires soon: %(title)s"),
        _("%(units)s of your pack can be used until %(day)s. After that day they expire, and their "
          "price goes to your assistant. Give your assistant something to do with them."),
        f"/contracts/{contract.id}/work", about=notice.about,
        units=_units(agreement, notice.quantity), day=notice.lapses_on,
    )  # fmt: skip


@command
async def on_pack_lapsed(event: PackLapsed) -> None:
    """Both read what became of units that can no longer be used."""
    unit = await Unit.get(pk=event.unit_id)
    contract, agreement = await queries.agreed(unit.contract_id)
    said = {
        "returned": _("%(units)s of the pack were not used. Their price goes back to the client, "
                      "with its fees and tax."),
        "expired": _("%(units)s of the pack were not used in time and have expired, after two "
                     "notices. Their price goes to the assistant."),
    }[event.how]  # fmt: skip
    for side in (BUSINESS, ASSISTANT):
        await write(
            contract, side, _("Unused units of the pack: %(title)s"), said,
            f"/contracts/{contract.id}/work", units=_units(agreement, event.quantity),
        )  # fmt: skip


def _units(agreement: Agreement, quantity: int) -> Callable[[str], str]:
    """An amount of a pack's units, to be said in each reader's language."""
    terms = agreement.terms
    assert isinstance(terms, FlatFeeTerms)
    assert terms.pack is not None
    return partial(pack_units, terms.pack, quantity)
