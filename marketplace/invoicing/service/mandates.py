"""Owns signing and revoking the mandate to invoice; never touches a payout."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.contracts.rules.evidence import NO_TRACE, Trace
from marketplace.core import clock, events
from marketplace.core.db import command, lock
from marketplace.core.errors import NotFound
from marketplace.invoicing.events import MandateSigned
from marketplace.invoicing.models import BillingMandate
from marketplace.invoicing.queries import invoices as queries
from marketplace.invoicing.rules.states import MandateChanged, MandateExists, MandateMissing
from marketplace.parties import queries as parties
from marketplace.parties.models import Party

if TYPE_CHECKING:
    from marketplace.invoicing.schemas import MandateDraft
    from marketplace.web.sessions import Viewer


@command
async def sign(
    viewer: Viewer, party_id: UUID, draft: MandateDraft, *, locale: str, trace: Trace = NO_TRACE
) -> BillingMandate:
    """Give the mandate in the text that was shown (`draft.sha256`), in `locale`.

    A newer text replaces the one in force. Raises NotFound, OwnersOnly, MandateChanged,
    MandateExists.
    """
    await parties.require_owner(viewer, party_id)
    party = await lock(Party, party_id)
    if party.kind is not parties.PartyKind.ASSISTANT:
        raise NotFound
    text = await queries.mandate_text(party, locale)
    if draft.sha256 != text.sha256:
        raise MandateChanged
    now = clock.now()
    earlier = await queries.mandate_of(party_id)
    if earlier is not None:
        if earlier.version == text.version:
            raise MandateExists
        await _revoke(earlier, viewer.person_id)
    row = await BillingMandate.create(
        party_id=party_id,
        person_id=viewer.person_id,
        version=text.version,
        language=locale,
        text=text.text,
        text_sha256=text.sha256,
        consent=text.consent,
        ip=trace.ip,
        user_agent=trace.user_agent,
        signed_at=now,
    )
    await events.record(MandateSigned(party_id))
    return row


@command
async def revoke(viewer: Viewer, party_id: UUID) -> None:
    """End the mandate: later invoices wait, payouts go on. Raises OwnersOnly, MandateMissing."""
    await parties.require_owner(viewer, party_id)
    await lock(Party, party_id)
    row = await queries.mandate_of(party_id)
    if row is None:
        raise MandateMissing
    await _revoke(row, viewer.person_id)


async def _revoke(row: BillingMandate, person_id: UUID) -> None:
    row.revoked_at, row.revoked_by_id = clock.now(), person_id
    await row.save(update_fields=["revoked_at", "revoked_by_id"])
