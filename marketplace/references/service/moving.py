"""Owns the one way a reference changes its state, and what is forgotten when it is over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from marketplace.core import clock, mail
from marketplace.references.rules.states import TRANSITIONS, ReferenceOver, Status
from marketplace.references.service.reporting import close_reports

if TYPE_CHECKING:
    from marketplace.references.models import ClientReference

FORGOTTEN: Final[dict[str, Any]] = {
    "email": "",
    "domain": "",
    "name": "",
    "company": "",
    "text": "",
    "skills": [],
    "again": None,
    "show_company": False,
}
"""What of a reference that is over tells of a person."""


async def move_to(row: ClientReference, target: Status) -> None:
    """The only writer of a reference's state; the row is locked. Raises ReferenceOver."""
    if target not in TRANSITIONS.get(row.status, ()):
        raise ReferenceOver
    if row.status is Status.CONFIRMED:
        await close_reports(row.id)
    row.status, row.next_at, row.closed_at = target, None, clock.now()
    await row.save()


async def erase(row: ClientReference) -> None:
    """Forget whom it was asked of and all they said, here and in the list of mails that left."""
    await mail.forget([row.mails])
    row.update_from_dict(FORGOTTEN)
    await row.save(update_fields=list(FORGOTTEN))
